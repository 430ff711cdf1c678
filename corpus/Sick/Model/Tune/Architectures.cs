using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Networks that cannot do what is asked of them.</summary>
static class Architectures
{
    public static CorpusProgram OnlyLinear { get; } = Fault.Tune(
        "three-linear-layers", "spirals with three linear layers and nothing between them", Linears, ["PES201"]);

    public static CorpusProgram NineOutputs { get; } = Fault.Tune(
        "nine-outputs-ten-digits", "the network has 9 outputs for 10 digits: stops at the first 9", Nine, ["PES202", "PES108"]); // too few outputs, or labels out of their range: the same fact

    public static CorpusProgram BiasBeforeNorm { get; } = Fault.Tune(
        "conv-bias-before-batch-norm", "convolutions with a bias before batch norm, which takes it away", BiasNorm, ["PES204"], harmless: true);

    public static CorpusProgram MixedByView { get; } = Fault.Tune(
        "reshape-for-permute", "sequences come as [T, N, F] and are reshaped to [N, T F] without a permute: examples mix", Mixed, ["PES205"]);

    public static CorpusProgram PlainDictionary { get; } = Fault.Tune(
        "layers-in-a-dictionary", "the hidden layers stand in a dictionary, where the optimizer does not find them", InDictionary, ["PES206"], also: ["PES503", "PES504"]); // then they are in no optimizer

    public static CorpusProgram OneNormThreeTimes { get; } = Fault.Tune(
        "one-batch-norm-three-times", "one batch norm stands behind three different layers, whose statistics it mixes", Repeated, ["PES207"]);

    public static CorpusProgram ForgottenBranch { get; } = Fault.Tune(
        "second-branch-forgotten", "a network of two branches that never runs the second", Branches, ["PES208"]);

    static double Linears(bool mended)
    {
        Rng.Seed(201);
        var (points, arms) = Plane.Spirals(900, 2, 0.1, seed: 11);
        using var data = new TensorDataset(points[..700], arms[..700]);
        using var net = mended
            ? new Sequential(new Linear(2, 64), new ReLU(), new Linear(64, 64), new ReLU(), new Linear(64, 2))
            : new Sequential(new Linear(2, 64), new Linear(64, 64), new Linear(64, 2));
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 15; epoch++)
            foreach (var (x, y) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, points[700..], arms[700..]);
    }

    static double Nine(bool mended)
    {
        Rng.Seed(202);
        var (x, y) = Digits.Load(0, 900);
        var classes = mended ? 10 : 9;
        using var net = new LeNet(classes, 1, 8, 8);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 80; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 900, [32]);
            var loss = Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows));
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x, y);
    }

    static double BiasNorm(bool mended)
    {
        Rng.Seed(203);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var net = new Sequential(
            new Conv2d(1, 8, 3, padding: 1, bias: !mended), new BatchNorm2d(8), new ReLU(), new MaxPool2d(2),
            new Conv2d(8, 16, 3, padding: 1, bias: !mended), new BatchNorm2d(16), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(64, 10));
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var epoch = 0; epoch < 3; epoch++)
            foreach (var (images, labels) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    sealed class TimeFirst(int steps, bool permute) : Module
    {
        public Linear Hidden { get; } = new(steps * 2, 40);
        public Linear Output { get; } = new(40, 2);

        protected override Tensor Compute(Tensor input) // [T, N, F]
        {
            var n = input.Size(1);
            var rows = permute ? input.Permute(1, 0, 2).Reshape(n, -1) : input.Reshape(n, -1);
            return Output.Forward(Functional.Relu(Hidden.Forward(rows)));
        }
    }

    static double Mixed(bool mended)
    {
        Rng.Seed(204);
        const int Count = 600, Length = 10;
        var random = new Random(4);
        var values = new float[Length * Count * 2];
        var turns = new long[Count];
        for (var i = 0; i < Count; i++)
        {
            turns[i] = random.Next(2);
            var phase = random.Between(0, 6.28);
            for (var t = 0; t < Length; t++)
            {
                var angle = phase + (turns[i] == 0 ? 0.5 : -0.5) * t;
                values[(t * Count + i) * 2] = (float)(Math.Cos(angle) + 0.1 * random.Gaussian());
                values[(t * Count + i) * 2 + 1] = (float)(Math.Sin(angle) + 0.1 * random.Gaussian());
            }
        }
        var x = Tensor.From(values, Length, Count, 2);
        var y = Tensor.From(turns);
        using var net = new TimeFirst(Length, mended);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 480, [48]);
            var loss = Loss.CrossEntropy(net.Forward(x.IndexSelect(1, rows)), y.IndexSelect(0, rows));
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(net.Forward(x.Narrow(1, 480, 120)), y[480..]);
    }

    sealed class Named : Module
    {
        readonly Dictionary<string, Linear> _hidden;
        readonly List<Linear>? _found;

        public Named(bool found)
        {
            _hidden = new() { ["first"] = new(2, 6), ["second"] = new(6, 6), ["third"] = new(6, 6) };
            _found = found ? [.. _hidden.Values] : null;
        }

        public Linear Output { get; } = new(6, 3);

        protected override Tensor Compute(Tensor input)
        {
            foreach (var name in new[] { "first", "second", "third" }) input = Functional.Tanh(_hidden[name].Forward(input));
            return Output.Forward(input);
        }
    }

    static double InDictionary(bool mended)
    {
        Rng.Seed(205);
        var (points, arms) = Plane.Spirals(700, 3, 0.05, seed: 2);
        using var net = new Named(mended);
        using var adam = new Adam(net.Parameters(), lr: 0.02);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 550, [50]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(points.IndexSelect(0, rows)), arms.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, points[550..], arms[550..]);
    }

    static double Repeated(bool mended)
    {
        Rng.Seed(206);
        var (x, y) = Digits.Load(0, 1300);
        using var data = new TensorDataset(x, y);
        var shared = new BatchNorm1d(32);
        BatchNorm1d Norm() => mended ? new BatchNorm1d(32) : shared;
        using var net = new Sequential(
            new Flatten(), new Linear(64, 32), Norm(), new ReLU(), new Linear(32, 32), Norm(), new ReLU(), new Linear(32, 32), Norm(), new ReLU(), new Linear(32, 10));
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (images, labels) in new Loader(data, 65, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
        var (xTest, yTest) = Digits.Load(1300, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    sealed class TwoBranches(bool both) : Module
    {
        public Linear Level { get; } = new(8, 32);
        public Linear Shape { get; } = new(8, 32);
        public Linear Head { get; } = new(64, 1);

        protected override Tensor Compute(Tensor input) // [N, 16]: eight columns each
        {
            Tensor left = input.Narrow(1, 0, 8), right = input.Narrow(1, 8, 8);
            var level = Functional.Relu(Level.Forward(left));
            var shape = both ? Functional.Relu(Shape.Forward(right)) : level;
            return Head.Forward(Tensor.Cat([level, shape], 1));
        }
    }

    static double Branches(bool mended)
    {
        Rng.Seed(207);
        var (a, ya) = Tables.Smooth(800, 8, 0.05, seed: 21);
        var (b, yb) = Tables.Smooth(800, 8, 0.05, seed: 22);
        using var data = new TensorDataset(Tensor.Cat([a, b], 1), ya * 0.3 + yb);
        using var net = new TwoBranches(mended);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        var train = data.Subset([.. Enumerable.Range(0, 640)]);
        for (var epoch = 0; epoch < 20; epoch++)
            foreach (var (x, y) in new Loader(train, 64, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(x), y).Backward();
                adam.Step();
            }
        return Judge.SquaredError(net, data.Inputs[640..], data.Targets[640..]);
    }
}
