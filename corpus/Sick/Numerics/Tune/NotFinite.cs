using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Logarithms of zero and their kin.</summary>
static class NotFinite
{
    public static CorpusProgram LogOfZero { get; } = Fault.Tune(
        "log-of-one-minus-sigmoid", "binary cross-entropy by hand: a sigmoid rounds to 1, the logarithm of 1 - 1 is -inf, times 0 NaN", LogZero, ["PES701"], also: ["PES301", "PES702", "PES401"]); // the loss and the gradients are NaN, the formula is why

    public static CorpusProgram ExpOverflow { get; } = Fault.Tune(
        "log-sum-exp-overflows", "log of a sum of exponentials by hand, of scores beyond 88", Overflow, ["PES701"], also: ["PES301", "PES702", "PES401", "PES311"]); // the loss and the gradients are NaN, the formula is why; scores start far too large

    public static CorpusProgram WhereLog { get; } = Fault.Tune(
        "where-does-not-mask-the-gradient", "where(x > 0, log x, 0): the value is masked, the gradient 0 times inf is not", Where, ["PES701", "PES401"], also: ["PES301"]); // later losses are NaN as well

    public static CorpusProgram StableSoFar { get; } = Fault.Tune(
        "log-of-softmax-that-works", "log(softmax(x)) by hand, and nothing happens", LogSoftmaxByHand, ["PES702"], harmless: true);

    public static CorpusProgram UnixTime { get; } = Fault.Tune(
        "unix-time-in-float32", "the time of day is taken from seconds since 1970 held in float32, which knows minutes only", Time, ["PES703"], also: ["PES101"]); // the raw column is also out of scale

    static double LogZero(bool mended)
    {
        Rng.Seed(601);
        var (images, bars) = Pictures.Bars(600, 6, 0.25, seed: 22);
        using var net = new Mlp(36, 32, 12);
        using var adam = new Adam(net.Parameters(), lr: 0.03);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 480, [48]);
            var scores = net.Forward(images.IndexSelect(0, rows));
            var lit = bars.IndexSelect(0, rows);
            var p = Functional.Sigmoid(scores);
            var loss = mended ? Loss.BceWithLogits(scores, lit) : -(lit * p.Log() + (1 - lit) * (1 - p).Log()).Mean();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return net.Forward(images[480..]).Gt(0).Ne(bars[480..]).To(DType.Float32).Mean().Item<float>();
    }

    static double Overflow(bool mended)
    {
        Rng.Seed(602);
        var (images, labels) = Digits.Load(0, 1000);
        var x = images.Flatten(1) * 16;
        var w = (Tensor.Randn([64, 10]) * 1.5).Detach().RequireGrad();
        var adam = new Adam([w], lr: 0.05);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 900, [60]);
            var scores = x.IndexSelect(0, rows).MatMul(w);
            if (mended) scores -= scores.AMax([1], keepDim: true).Detach();
            var e = scores.Exp();
            var logP = scores - e.Sum(1, keepDim: true).Log();
            var loss = -logP.Gather(1, labels.IndexSelect(0, rows).Unsqueeze(1)).Mean();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(x[900..].MatMul(w), labels[900..]);
    }

    sealed class LogInside(bool safe) : Module
    {
        public Linear First { get; } = new(4, 24);
        public Linear Second { get; } = new(24, 1);

        protected override Tensor Compute(Tensor input)
        {
            var h = Functional.Relu(First.Forward(input));
            var positive = h.Gt(0);
            var log = safe ? Tensor.Where(positive, h, h.OnesLike()).Log1p() : Tensor.Where(positive, (h * h).Log() * 0.5, h.ZerosLike());
            return Second.Forward(log);
        }
    }

    static double Where(bool mended)
    {
        Rng.Seed(603);
        var (x, y) = Tables.Smooth(700, 4, 0.1, seed: 91);
        using var data = new TensorDataset(x[..560], y[..560]);
        using var net = new LogInside(mended);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var epoch = 0; epoch < 40; epoch++)
            foreach (var (input, target) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(input), target).Backward();
                adam.Step();
            }
        return Judge.SquaredError(net, x[560..], y[560..]);
    }

    static double LogSoftmaxByHand(bool mended)
    {
        Rng.Seed(604);
        var (x, y) = Tables.Quadratic(900, 6, 3, seed: 92);
        using var net = new Mlp(6, 32, 3);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var at = step * 50 % 700;
            var scores = net.Forward(x[at..(at + 50)]);
            var log = mended ? Functional.LogSoftmax(scores) : Functional.Softmax(scores).Log();
            adam.ZeroGrad();
            Loss.Nll(log, y[at..(at + 50)]).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[700..], y[700..]);
    }

    static double Time(bool mended)
    {
        Rng.Seed(605);
        var random = new Random(7);
        var seconds = new double[800];
        var load = new float[800];
        for (var i = 0; i < 800; i++)
        {
            seconds[i] = 1_700_000_000 + random.NextDouble() * 86_400;
            load[i] = (float)(Math.Sin(2 * Math.PI * seconds[i] / 300) + 0.05 * random.Gaussian()); // a cycle of five minutes
        }
        var time = Tensor.From(seconds, 800, 1);
        if (!mended) time = time.To(DType.Float32);
        var phase = time.Remainder(300) * (2 * Math.PI / 300);
        var x = Tensor.Cat([phase.Sin(), phase.Cos()], 1).To(DType.Float32);
        var y = Tensor.From(load, 800, 1);
        using var net = new Mlp(2, 16, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 640, [40]);
            adam.ZeroGrad();
            Loss.Mse(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, x[640..], y[640..]);
    }
}
