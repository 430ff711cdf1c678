using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Attention, recurrence and layers written by hand, along a wrong axis or where nobody finds their weights.</summary>
static class HandWritten
{
    public static CorpusProgram ExamplesAttendEachOther { get; } = Fault.Tune(
        "examples-attend-each-other", "attention by hand over the first axis: examples of the shuffled batch look at each other", AttendEachOther, ["PES205", "PES307"]);

    public static CorpusProgram RecurrenceOverExamples { get; } = Fault.Tune(
        "recurrence-over-examples", "a recurrent cell steps along the examples of the batch instead of the time", AlongExamples, ["PES213", "PES205"]);

    public static CorpusProgram WeightsInAList { get; } = Fault.Tune(
        "weights-in-a-list", "the weights of the hidden layers are tensors in a list: the optimizer never gets them", InAList, ["PES206", "PES503"]);

    public static CorpusProgram SmallStartsInTenLayers { get; } = Fault.Tune(
        "twentieth-weights-in-ten-convolutions", "ten convolutions start at a twentieth of the usual scale: nothing comes through", SmallStarts, ["PES210"], also: ["PES402", "PES502"]); // what is so small has small gradients, and moves too little

    sealed class Attention(int axis) : Module
    {
        public Linear Query { get; } = new(6, 16);
        public Linear Key { get; } = new(6, 16);
        public Linear Value { get; } = new(6, 16);
        public Linear Head { get; } = new(16, 3);

        /// <summary>[N, T, 6] to [N, 3].</summary>
        protected override Tensor Compute(Tensor input)
        {
            var x = axis == 1 ? input : input.Transpose(0, 1);
            var (q, k, v) = (Query.Forward(x), Key.Forward(x), Value.Forward(x));
            var mixed = Functional.Softmax(q.MatMul(k.Transpose(1, 2)) / 4, 2).MatMul(v);
            if (axis == 0) mixed = mixed.Transpose(0, 1);
            return Head.Forward(mixed.Mean([1]));
        }
    }

    static (Tensor Series, Tensor Kinds) Pairs(int count, int seed)
    {
        var random = new Random(seed);
        var x = new float[count * 10 * 6];
        var y = new long[count];
        for (var n = 0; n < count; n++)
        {
            y[n] = random.Next(3);
            for (var i = 0; i < 60; i++) x[n * 60 + i] = (float)(random.Gaussian() + (i % 6 == y[n] ? 0.6 : 0));
        }
        return (Tensor.From(x, count, 10, 6), Tensor.From(y));
    }

    static double AttendEachOther(bool mended)
    {
        Rng.Seed(2201);
        var (x, y) = Pairs(900, 221);
        using var train = new TensorDataset(x[..700], y[..700]);
        using var net = new Attention(mended ? 1 : 0);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (input, target) in new Loader(train, 35, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), target).Backward();
                adam.Step();
            }
        // How much the answer to one example depends on its company.
        using var quiet = Autograd.NoGrad();
        var together = net.Forward(x[700..]);
        var alone = Tensor.Cat([.. Enumerable.Range(700, 200).Select(i => net.Forward(x[i..(i + 1)]))], 0);
        return (together - alone).Abs().Mean().Item<float>() + 1e-4;
    }

    sealed class Recurrent(bool overTime) : Module
    {
        public Linear Input { get; } = new(1, 24);
        public Linear Hidden { get; } = new(24, 24);
        public Linear Head { get; } = new(24, 1);

        /// <summary>[N, T, 1] to [N, 1].</summary>
        protected override Tensor Compute(Tensor input)
        {
            var axis = overTime ? 1 : 0;
            var state = Tensor.Zeros([input.Size(1 - axis), 24]);
            var states = new List<Tensor>();
            for (var t = 0; t < input.Size(axis); t++)
            {
                state = (Input.Forward(input.Select(axis, t)) + Hidden.Forward(state)).Tanh();
                states.Add(state);
            }
            var all = Tensor.Stack([.. states], axis); // [N, T, 24]
            return Head.Forward(all.Select(1, input.Size(1) - 1));
        }
    }

    static double AlongExamples(bool mended)
    {
        Rng.Seed(2202);
        var (past, next) = Series.Windows(Series.Waves(700, 0.05, seed: 222), 16);
        var x = past.Unsqueeze(2);
        using var train = new TensorDataset(x[..500], next[..500]);
        using var net = new Recurrent(mended);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (input, target) in new Loader(train, 25, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(input), target).Backward();
                adam.Step();
            }
        return Judge.SquaredError(net, x[500..], next[500..]);
    }

    sealed class Hidden : Module
    {
        readonly List<Tensor> _weights = [.. Enumerable.Range(0, 3).Select(i => (0.3 * Tensor.Randn([i == 0 ? 64 : 24, 24])).Keep().RequireGrad())];

        public Linear Head { get; } = new(24, 10);

        public IEnumerable<Tensor> Weights => _weights;

        protected override Tensor Compute(Tensor input)
        {
            var h = input.Flatten(1);
            foreach (var weight in _weights) h = h.MatMul(weight).Tanh();
            return Head.Forward(h);
        }
    }

    static double InAList(bool mended)
    {
        Rng.Seed(2203);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        using var net = new Hidden();
        using var adam = new Adam(mended ? [.. net.Parameters(), .. net.Weights] : net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1200, [50]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double SmallStarts(bool mended)
    {
        Rng.Seed(2204);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        var layers = new List<Module>();
        for (var i = 0; i < 10; i++) layers.AddRange([new Conv2d(i == 0 ? 1 : 8, 8, 3, padding: 1), new ReLU()]);
        layers.AddRange([new AdaptiveAvgPool2d(2), new Flatten(), new Linear(32, 10)]);
        using var net = new Sequential(layers);
        foreach (var convolution in layers.OfType<Conv2d>())
            if (mended) Init.HeNormal(convolution.Weight);
            else Init.Normal(convolution.Weight, 0, 0.02);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1200, [40]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, xTest, yTest);
    }
}
