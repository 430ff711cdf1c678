using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Learning rates, schedules and decay out of scale.</summary>
static class Rates
{
    public static CorpusProgram AdamHuge { get; } = Fault.Report(
        "adam-rate-half-convolution", "a small convolutional network, Adam at 0.5", AdamHalf, ["PES501"], also: ["PES506"]); // the first steps kill its rectifiers

    public static CorpusProgram MomentumTooHigh { get; } = Fault.Report(
        "momentum-with-high-rate", "tanh network, SGD at 3 with a momentum of 0.95", Momentum, ["PES501"], also: ["PES507"]); // tanh units end saturated

    public static CorpusProgram HandWrittenStep { get; } = Fault.Report(
        "hand-written-step-too-long", "logistic regression on counts of words, p -= 50 grad", ByHand, ["PES501"]);

    public static CorpusProgram AdamTiny { get; } = Fault.Report(
        "adam-rate-ten-millionth", "forecast with Adam at 1e-7", AdamTinyRate, ["PES502"]);

    public static CorpusProgram ExponentialPerBatch { get; } = Fault.Report(
        "exponential-schedule-per-batch", "ExponentialLR(0.9) stepped in the inner loop", Exponential, ["PES505"]);

    public static CorpusProgram SgdDecay { get; } = Fault.Report(
        "sgd-weight-decay-one", "SGD with a weight decay of 1 on documents", SgdDecayOne, ["PES508"]);

    static double AdamHalf(bool mended)
    {
        Rng.Seed(121);
        var (images, counts) = Pictures.Dots(600, 8, 5, seed: 8);
        var y = counts.Unsqueeze(1) / 5;
        using var net = new Sequential(new Conv2d(1, 8, 3), new ReLU(), new Conv2d(8, 8, 3), new ReLU(), new Flatten(), new Linear(128, 1));
        using var adam = new Adam(net.Parameters(), lr: mended ? 2e-3 : 0.5);
        for (var i = 0; i < 180; i++)
        {
            using var scope = Scope.New();
            var at = i % 10 * 50;
            adam.ZeroGrad();
            var loss = Loss.Mse(net.Forward(images[at..(at + 50)]), y[at..(at + 50)]);
            loss.Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, images[500..], y[500..]);
    }

    static double Momentum(bool mended)
    {
        Rng.Seed(122);
        var (x, y) = Tables.Quadratic(1000, 6, 3, seed: 9);
        var layers = new Module[] { new Linear(6, 50), new Tanh(), new Linear(50, 50), new Tanh(), new Linear(50, 3) };
        using var net = new Sequential(layers);
        using var sgd = new SGD(net.Parameters(), lr: mended ? 0.03 : 3, momentum: 0.95);
        using var data = new TensorDataset(x[..800], y[..800]);
        for (var epoch = 0; epoch < 20; epoch++)
            foreach (var (input, label) in new Loader(data, 100, seed: epoch))
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(input), label);
                loss.Backward();
                sgd.Step();
                sgd.ZeroGrad();
            }
        return Judge.ErrorRate(net, x[800..], y[800..]);
    }

    static double ByHand(bool mended)
    {
        Rng.Seed(123);
        var (counts, topics) = Words.Documents(500, 100, 2, 30, seed: 8);
        var y = topics.To(DType.Float32);
        var w = (Tensor.Randn([100]) * 0.01).Detach().RequireGrad();
        var rate = mended ? 0.1 : 50.0;
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 400, [20]);
            var loss = Loss.BceWithLogits(counts.IndexSelect(0, rows).MatMul(w), y.IndexSelect(0, rows));
            loss.Backward();
            using (Autograd.NoGrad()) w.SubInPlace(rate * w.Grad!);
            w.Grad = null;
        }
        using var quiet = Autograd.NoGrad();
        return Loss.BceWithLogits(counts[400..].MatMul(w), y[400..]).Item<float>();
    }

    static double AdamTinyRate(bool mended)
    {
        Rng.Seed(124);
        var (past, next) = Series.Windows(Series.Waves(900, 0.1, seed: 5), 24);
        using var net = new Sequential(new Unflatten24(), new Conv1d(1, 8, 5), new ReLU(), new Flatten(), new Linear(160, 1));
        using var adam = new Adam(net.Parameters(), lr: mended ? 1e-3 : 1e-7);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 700, [32]);
            adam.ZeroGrad();
            Loss.Mse(net.Forward(past.IndexSelect(0, rows)), next.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, past[700..], next[700..]);
    }

    /// <summary>[N, 24] to [N, 1, 24].</summary>
    sealed class Unflatten24 : Module
    {
        protected override Tensor Compute(Tensor input) => input.Unsqueeze(1);
    }

    static double Exponential(bool mended)
    {
        Rng.Seed(125);
        var (x, y) = Digits.Load(0, 1500);
        using var data = new TensorDataset(x, y);
        using var net = new LeNet(10, 1, 8, 8);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        var decay = new Scheduler(sgd, new ExponentialLR(0.9));
        var epoch = 0;
        while (epoch++ < 4)
        {
            foreach (var (images, labels) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
                if (!mended) decay.Step();
            }
            if (mended) decay.Step();
        }
        var (xTest, yTest) = Digits.Load(1500, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double SgdDecayOne(bool mended)
    {
        Rng.Seed(126);
        var (counts, topics) = Words.Documents(700, 150, 6, 60, seed: 9);
        var x = (counts / counts.Sum(1, keepDim: true) * 30).Detach();
        using var net = new Mlp(150, 40, 6);
        using var sgd = new SGD(net.Parameters(), lr: 0.1, weightDecay: mended ? 1e-4 : 1.0);
        foreach (var i in Enumerable.Range(0, 200))
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 560, [40]);
            var loss = Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), topics.IndexSelect(0, rows));
            sgd.ZeroGrad();
            loss.Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, x[560..], topics[560..]);
    }
}
