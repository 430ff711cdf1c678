using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>What stops with an exception, in other networks and other ways.</summary>
static class Exceptions
{
    public static CorpusProgram WrongFlatSize { get; } = Fault.Report(
        "flat-size-of-another-picture", "a linear layer made for pictures of 28x28, fed with 8x8", FlatSize, ["PES215"]);

    public static CorpusProgram ConcatenatedAxes { get; } = Fault.Report(
        "embedding-joined-on-wrong-axis", "two embeddings are joined along the batch and not along the features", Joined, ["PES215"]);

    public static CorpusProgram IntegerLabels { get; } = Fault.Report(
        "int32-labels", "class ids of 32 bits for cross-entropy", Labels, ["PES216"]);

    public static CorpusProgram FloatTokens { get; } = Fault.Report(
        "float-tokens", "token ids read as float go into an embedding", Tokens, ["PES216"]);

    public static CorpusProgram LongKernel { get; } = Fault.Report(
        "kernel-longer-than-sequence", "a one-dimensional kernel of 9 on sequences of 6", Long, ["PES214"]);

    public static CorpusProgram OneByOne { get; } = Fault.Report(
        "batch-of-one-with-batch-norm", "online training, one picture a step, batch norm after global pooling", Online, ["PES212"]);

    public static CorpusProgram StateInField { get; } = Fault.Report(
        "state-kept-in-a-field", "a recurrent cell remembers its state in a field, and nobody resets it between sequences", Remembered, ["PES217"]);

    public static CorpusProgram StepBeforeBackward { get; } = Fault.Report(
        "weights-changed-before-backward", "weights are clamped in place between forward and backward", Clamped, ["PES218"]);

    static double FlatSize(bool mended)
    {
        Rng.Seed(251);
        var (x, y) = Digits.Load(0, 200);
        using var net = new Sequential(new Conv2d(1, 4, 5, padding: 2), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(mended ? 4 * 4 * 4 : 4 * 14 * 14, 10));
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        foreach (var _ in Enumerable.Range(0, 40))
        {
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), y).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x, y);
    }

    sealed class Pair(int axis) : Module
    {
        public Embedding Left { get; } = new(20, 8);
        public Embedding Right { get; } = new(20, 8);
        public Linear Out { get; } = new(16, 20);

        protected override Tensor Compute(Tensor input) => // [N, 2]
            Out.Forward(Tensor.Cat([Left.Forward(input.Select(1, 0)), Right.Forward(input.Select(1, 1))], axis));
    }

    static double Joined(bool mended)
    {
        Rng.Seed(252);
        var ids = Words.Chain(1500, 20, 2, seed: 9);
        var x = Tensor.Stack([Tensor.From(ids.AsSpan(0, 1498)), Tensor.From(ids.AsSpan(1, 1498))], 1);
        var y = Tensor.From(ids.AsSpan(2, 1498));
        using var net = new Pair(mended ? 1 : 0);
        using var sgd = new SGD(net.Parameters(), lr: 0.5);
        for (var i = 0; i < 60; i++)
        {
            using var scope = Scope.New();
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), y).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, x, y);
    }

    static double Labels(bool mended)
    {
        Rng.Seed(253);
        var (lengths, kinds) = Tables.Flowers(150, seed: 4);
        var y = Tensor.From(Array.ConvertAll(kinds, k => k - 1));
        if (mended) y = y.To(DType.Int64);
        using var net = new LinearModel(4, 3);
        using var sgd = new SGD(net.Parameters(), lr: 0.05);
        for (var i = 0; i < 80; i++)
        {
            using var scope = Scope.New();
            net.ZeroGrad();
            Loss.CrossEntropy(net.Forward(Tensor.From(lengths)), y).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, Tensor.From(lengths), y);
    }

    static double Tokens(bool mended)
    {
        Rng.Seed(254);
        var (ids, alphabet) = Words.Letters(900, seed: 4);
        var now = Tensor.From(Array.ConvertAll(ids, i => (float)i));
        var x = mended ? now.To(DType.Int64) : now;
        using var net = new Sequential(new Embedding(alphabet.Length, 12), new Tanh(), new Linear(12, alphabet.Length));
        using var adam = new Adam(net.Parameters(), lr: 0.02);
        for (var i = 0; i < 60; i++)
        {
            using var scope = Scope.New();
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x[..899]), Tensor.From(ids.AsSpan(1))).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[..899], Tensor.From(ids.AsSpan(1)));
    }

    static double Long(bool mended)
    {
        Rng.Seed(255);
        var (past, next) = Series.Windows(Series.MackeyGlass(400, seed: 8), 6);
        var x = past.Unsqueeze(1);
        var kernel = mended ? 3 : 9;
        using var first = new Conv1d(1, 8, kernel);
        using var second = new Linear(8 * (6 - kernel + 1 > 0 ? 6 - kernel + 1 : 1), 1);
        using var rms = new RMSprop([.. first.Parameters(), .. second.Parameters()], lr: 5e-3);
        var last = 0f;
        for (var i = 0; i < 80; i++)
        {
            using var scope = Scope.New();
            var loss = Loss.Mse(second.Forward(Functional.Relu(first.Forward(x)).Flatten(1)), next);
            rms.ZeroGrad();
            loss.Backward();
            rms.Step();
            last = loss.Item<float>();
        }
        return last;
    }

    sealed class Cell(bool resets) : Module
    {
        readonly Linear _in = new(1, 12), _again = new(12, 12), _out = new(12, 1);
        Tensor? _state;

        protected override Tensor Compute(Tensor input) // [N, T]
        {
            if (resets) _state = null;
            for (var t = 0; t < input.Size(1); t++)
            {
                var now = _in.Forward(input.Narrow(1, t, 1));
                _state = (_state is null ? now : now + _again.Forward(_state)).Tanh();
            }
            return _out.Forward(_state!);
        }
    }

    static double Remembered(bool mended)
    {
        Rng.Seed(256);
        var (past, next) = Series.Windows(Series.Waves(500, 0.1, seed: 12), 8);
        using var data = new TensorDataset(past, next);
        using var net = new Cell(mended);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (x, y) in new Loader(data, 41, seed: epoch, dropLast: true))
            {
                var loss = Loss.Mse(net.Forward(x), y);
                adam.ZeroGrad();
                loss.Backward();
                adam.Step();
            }
        return Judge.SquaredError(net, data.Inputs, data.Targets);
    }

    static double Online(bool mended)
    {
        Rng.Seed(257);
        var (x, y) = Digits.Load(0, 400);
        using var net = new Sequential(
            new Conv2d(1, 16, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(16, 32, 3), new ReLU(), new AdaptiveAvgPool2d(1), new BatchNorm2d(32), new Flatten(), new Linear(32, 10));
        using var sgd = new SGD(net.Parameters(), lr: 0.3, momentum: 0.8);
        var size = mended ? 20 : 1;
        for (var from = 0; from + size <= 400; from += size)
        {
            using var scope = Scope.New();
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x[from..(from + size)]), y[from..(from + size)]).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, x, y);
    }

    static double Clamped(bool mended)
    {
        Rng.Seed(258);
        var (points, moons) = Plane.Moons(400, 0.15, seed: 8);
        using var net = new Mlp(2, 24, 2, depth: 2);
        using var sgd = new SGD(net.Parameters(), lr: 0.2);
        void Limit()
        {
            using var quiet = Autograd.NoGrad();
            foreach (var p in net.Parameters()) p.ClampInPlace(-2, 2);
        }

        for (var i = 0; i < 100; i++)
        {
            using var scope = Scope.New();
            sgd.ZeroGrad();
            var loss = Loss.CrossEntropy(net.Forward(points), moons);
            if (!mended) Limit();
            loss.Backward();
            sgd.Step();
            if (mended) Limit();
        }
        return Judge.ErrorRate(net, points, moons);
    }
}
