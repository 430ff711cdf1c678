using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Loops in which some part of the network is never moved.</summary>
static class Loops
{
    public static CorpusProgram DecoderOnly { get; } = Fault.Report(
        "optimizer-over-decoder-only", "autoencoder; the encoder's parameters were never given to the optimizer", WithoutEncoder, ["PES503"]);

    public static CorpusProgram HeadReplaced { get; } = Fault.Report(
        "head-replaced-after-optimizer", "the last layer is replaced for another number of classes, after the optimizer was made", Replaced, ["PES504", "PES503"]); // the new head is in no optimizer

    public static CorpusProgram FrozenByName { get; } = Fault.Report(
        "all-weights-frozen-by-name", "a loop meant to freeze batch norm freezes everything called weight", ByName, ["PES509"]);

    public static CorpusProgram StepFirst { get; } = Fault.Report(
        "step-before-backward", "each iteration clears the gradients, steps, and only then goes backward", StepsFirst, ["PES510", "PES404"]); // the gradients are cleared before they are used

    public static CorpusProgram RemadeEachEpoch { get; } = Fault.Report(
        "adam-in-the-loop", "Adam is constructed at each batch: every step is as long as the first", AdamInTheLoop, ["PES511"]);

    public static CorpusProgram DeadConvolutions { get; } = Fault.Report(
        "dead-convolution-filters", "bars, 0 to 1; the first convolution starts with negative weights only", DeadFilters, ["PES506"], also: ["PES210", "PES402"]); // the start is to blame; no gradient passes

    public static CorpusProgram SaturatedGate { get; } = Fault.Report(
        "sigmoids-with-bias-thirty", "sigmoid units whose biases start at 30: all say 1, with no slope", BiasThirty, ["PES507"], also: ["PES210", "PES402"]); // the start is to blame; no gradient passes

    static double WithoutEncoder(bool mended)
    {
        Rng.Seed(411);
        var (images, _) = Digits.Load(0, 1100);
        var x = images.Flatten(1);
        using var encoder = new Linear(64, 8);
        using var decoder = new Sequential(new Linear(8, 64), new Sigmoid());
        IEnumerable<Tensor> parameters = mended ? encoder.Parameters().Concat(decoder.Parameters()) : decoder.Parameters();
        using var optimizer = new RMSprop(parameters, lr: 5e-3);
        foreach (var i in Enumerable.Range(0, 200))
        {
            using var scope = Scope.New();
            var batch = x.IndexSelect(0, Tensor.RandInt(0, 1000, [50]));
            var loss = Loss.Bce(decoder.Forward(encoder.Forward(batch)), batch);
            encoder.ZeroGrad();
            decoder.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Loss.Mse(decoder.Forward(encoder.Forward(x[1000..])), x[1000..]).Item<float>();
    }

    sealed class Tuned(int classes) : Module
    {
        public Linear Body { get; } = new(2, 24);
        public Linear Head { get; set; } = new(24, classes);

        protected override Tensor Compute(Tensor input) => Head.Forward(Functional.Tanh(Body.Forward(input)));
    }

    static double Replaced(bool mended)
    {
        Rng.Seed(412);
        var (points, clouds) = Plane.Ring(800, 10, 3, 0.25, seed: 22);
        using var net = new Tuned(2);
        if (mended) net.Head = new(24, 10);
        var sgd = new SGD(net.Parameters(), lr: 0.02, momentum: 0.9);
        if (!mended) net.Head = new(24, 10);
        using var data = new TensorDataset(points[..640], clouds[..640]);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var (x, y) in new Loader(data, 32, seed: epoch))
            {
                using var scope = Scope.New();
                net.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                sgd.Step();
            }
        return Judge.ErrorRate(net, points[640..], clouds[640..]);
    }

    static double ByName(bool mended)
    {
        Rng.Seed(413);
        var (x, y) = Digits.Load(0, 1000);
        using var net = new Sequential(
            new Conv2d(1, 4, 3), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(36, 16), new BatchNorm1d(16), new ReLU(), new Linear(16, 10));
        var norms = net.NamedModules().Where(m => m.Module is BatchNorm).Select(m => m.Name + ".weight").ToHashSet();
        foreach (var (name, p) in net.NamedParameters())
            if (mended ? norms.Contains(name) : name.Contains("weight", StringComparison.Ordinal)) p.RequiresGrad = false;
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        using var data = new TensorDataset(x, y);
        for (var epoch = 0; epoch < 5; epoch++)
            foreach (var (images, labels) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
        var (xTest, yTest) = Digits.Load(1000, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double StepsFirst(bool mended)
    {
        Rng.Seed(414);
        var ids = Words.Chain(2500, 16, 2, seed: 21);
        using var net = new Sequential(new Embedding(16, 10), new Linear(10, 16));
        using var adam = new Adam(net.Parameters(), lr: 0.02);
        var (x, y) = (Tensor.From(ids.AsSpan(0, 2499)), Tensor.From(ids.AsSpan(1, 2499)));
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            var at = i * 64 % 2000;
            adam.ZeroGrad();
            if (!mended) adam.Step();
            Loss.CrossEntropy(net.Forward(x[at..(at + 64)]), y[at..(at + 64)]).Backward();
            if (mended) adam.Step();
        }
        return Judge.ErrorRate(net, x[2100..], y[2100..]);
    }

    static double AdamInTheLoop(bool mended)
    {
        Rng.Seed(415);
        var (x, y) = Tables.Smooth(900, 5, 0.05, seed: 71);
        using var net = new Mlp(5, 40, 1, depth: 2);
        var parameters = net.Parameters();
        Optimizer optimizer = new Adam(parameters, lr: 0.01);
        for (var i = 0; i < 300; i++)
        {
            using var scope = Scope.New();
            if (!mended) optimizer = new Adam(parameters, lr: 0.01);
            var rows = Tensor.RandInt(0, 720, [32]);
            optimizer.ZeroGrad();
            Loss.Mse(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            optimizer.Step();
        }
        return Judge.SquaredError(net, x[720..], y[720..]);
    }

    static double DeadFilters(bool mended)
    {
        Rng.Seed(416);
        var (images, bars) = Pictures.Bars(600, 6, 0.25, seed: 51);
        var first = new Conv2d(1, 10, 3, padding: 1);
        if (!mended)
        {
            using var quiet = Autograd.NoGrad();
            first.Weight.CopyInPlace(-first.Weight.Abs());
            first.Bias!.FillInPlace(-0.1);
        }
        using var net = new Sequential(first, new ReLU(), new Flatten(), new Linear(360, 12));
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var i = 0; i < 120; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 500, [40]);
            adam.ZeroGrad();
            Loss.BceWithLogits(net.Forward(images.IndexSelect(0, rows)), bars.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        using var off = Autograd.NoGrad();
        return net.Forward(images[500..]).Gt(0).Ne(bars[500..]).To(DType.Float32).Mean().Item<float>();
    }

    static double BiasThirty(bool mended)
    {
        Rng.Seed(417);
        var (x, y) = Tables.Quadratic(800, 5, 3, seed: 72);
        using var first = new Linear(5, 40);
        using var second = new Linear(40, 3);
        if (!mended) Init.Constant(first.Bias!, 30);
        using var adam = new AdamW([.. first.Parameters(), .. second.Parameters()], lr: 0.01);
        Tensor Scores(Tensor rows) => second.Forward(Functional.Sigmoid(first.Forward(rows)));
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 640, [64]);
            adam.ZeroGrad();
            Loss.CrossEntropy(Scores(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(Scores(x[640..]), y[640..]);
    }
}
