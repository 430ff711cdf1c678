using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Mistakes in how a network is put together.</summary>
static class Structures
{
    public static CorpusProgram ConvolutionsOnly { get; } = Fault.Report(
        "convolutions-without-activation", "slow or fast wave of any phase: two convolutions, pooling and a linear layer, no nonlinearity", Waves, ["PES201"]);

    public static CorpusProgram OneOutputForTwo { get; } = Fault.Report(
        "one-output-two-targets", "position of a spot, two numbers, predicted by one", Spot, ["PES202", "PES306"]); // the width is wrong, and broadcasting hides it

    public static CorpusProgram LinearBiasNorm { get; } = Fault.Report(
        "linear-bias-before-batch-norm", "MLP on houses with a bias in each layer before batch norm", Norm, ["PES204"], harmless: true);

    public static CorpusProgram BatchAttention { get; } = Fault.Report(
        "attention-over-batch", "attention whose matrix product runs over the examples, for a missing transpose", Attention, ["PES205"], also: ["PES307"]); // its softmax runs over the batch as well

    public static CorpusProgram WeightArray { get; } = Fault.Report(
        "weights-in-an-array", "hand-made layers whose weights stand in an array of tensors", Weights, ["PES206"], also: ["PES503", "PES504"]); // then they are in no optimizer

    public static CorpusProgram SameBlock { get; } = Fault.Report(
        "same-block-object", "a residual block made once and put into the network three times", Blocks, ["PES207"]);

    public static CorpusProgram HiddenLayerSkipped { get; } = Fault.Report(
        "hidden-layers-not-called", "a convolutional network whose convolutions are made and never called", Skipped, ["PES208"], also: ["PES607"]); // what is left is linear

    static double Waves(bool mended)
    {
        Rng.Seed(211);
        var random = new Random(3);
        var x = new float[700 * 32];
        var fast = new long[700];
        for (var i = 0; i < 700; i++)
        {
            fast[i] = random.Next(2);
            var phase = random.Between(0, 2 * Math.PI);
            for (var t = 0; t < 32; t++) x[i * 32 + t] = (float)(Math.Sin(phase + (fast[i] == 1 ? 1.1 : 0.6) * t) + 0.2 * random.Gaussian());
        }
        var signals = Tensor.From(x, 700, 1, 32);
        var classes = Tensor.From(fast);
        List<Module> layers = [new Conv1d(1, 8, 5), new Conv1d(8, 8, 5), new AvgPool1d(4), new Flatten(), new Linear(48, 2)];
        if (mended)
        {
            layers.Insert(2, new ReLU());
            layers.Insert(1, new ReLU());
        }
        var net = new Sequential(layers);
        var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var at = i * 50 % 550;
            adam.ZeroGrad();
            var loss = Loss.CrossEntropy(net.Forward(signals[at..(at + 50)]), classes[at..(at + 50)]);
            loss.Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, signals[550..], classes[550..]);
    }

    static double Spot(bool mended)
    {
        Rng.Seed(212);
        var random = new Random(5);
        float[,] picture = new float[500, 64], place = new float[500, 2];
        for (var i = 0; i < 500; i++)
        {
            double cx = random.Between(1, 6), cy = random.Between(1, 6);
            for (var j = 0; j < 64; j++) picture[i, j] = (float)Math.Exp(-(Math.Pow(j % 8 - cx, 2) + Math.Pow(j / 8 - cy, 2)) / 2);
            (place[i, 0], place[i, 1]) = ((float)(cx - 3.5) / 2, (float)(cy - 3.5) / 2);
        }
        var (x, y) = (Tensor.From(picture), Tensor.From(place));
        using var net = new Mlp(64, 32, mended ? 2 : 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 400, [40]);
            var loss = (net.Forward(x.IndexSelect(0, rows)) - y.IndexSelect(0, rows)).Square().Mean();
            sgd.ZeroGrad();
            loss.Backward();
            sgd.Step();
        }
        using var quiet = Autograd.NoGrad();
        return (net.Forward(x[400..]) - y[400..]).Square().Mean().Item<float>();
    }

    static double Norm(bool mended)
    {
        Rng.Seed(213);
        var (columns, prices) = Tables.Houses(700, seed: 8);
        var x = Tables.Standardize(Tensor.From(columns), 560);
        var y = Tables.Standardize(Tensor.From(prices, 700, 1), 560);
        using var net = new Sequential(
            new Linear(5, 32, bias: !mended), new BatchNorm1d(32), new Tanh(), new Linear(32, 32, bias: !mended), new BatchNorm1d(32), new Tanh(), new Linear(32, 1));
        using var data = new TensorDataset(x[..560], y[..560]);
        using var adam = new AdamW(net.Parameters(), lr: 5e-3);
        var loader = new Loader(data, 56, seed: 1);
        while (loader.Epoch < 15)
            foreach (var (input, target) in loader)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(input), target).Backward();
                adam.Step();
            }
        return Judge.SquaredError(net, x[560..], y[560..]);
    }

    /// <summary>Which token stands there twice: attention over the places of each example.</summary>
    sealed class Attends(bool overPlaces) : Module
    {
        readonly Embedding _tokens = new(12, 16);
        readonly Linear _query = new(16, 16), _key = new(16, 16), _value = new(16, 16), _out = new(16, 12);

        protected override Tensor Compute(Tensor input) // [N, T]
        {
            var e = _tokens.Forward(input); // [N, T, E]
            if (!overPlaces) e = e.Transpose(0, 1); // [T, N, E]
            var scores = _query.Forward(e).MatMul(_key.Forward(e).Transpose(1, 2)) / 4;
            var mixed = e + Functional.Softmax(scores, 2).MatMul(_value.Forward(e));
            if (!overPlaces) mixed = mixed.Transpose(0, 1);
            return _out.Forward(Functional.Relu(mixed).Mean(1));
        }
    }

    static double Attention(bool mended)
    {
        Rng.Seed(214);
        var random = new Random(8);
        var ids = new long[900 * 6];
        var twice = new long[900];
        for (var i = 0; i < 900; i++)
        {
            var tokens = Enumerable.Range(0, 12).ToArray();
            random.Shuffle(tokens);
            twice[i] = tokens[0];
            tokens[5] = tokens[0];
            var row = tokens[..6];
            random.Shuffle(row);
            for (var t = 0; t < 6; t++) ids[i * 6 + t] = row[t];
        }
        var (x, y) = (Tensor.From(ids, 900, 6), Tensor.From(twice));
        using var net = new Attends(mended);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var i = 0; i < 250; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 750, [50]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        var right = Enumerable.Range(750, 150).Count(i => net.Forward(x[i..(i + 1)]).ArgMax().Item<long>() == twice[i]);
        return 1 - right / 150.0;
    }

    sealed class HandMade : Module
    {
        readonly Tensor[] _weights = [Init.GlorotNormal(Init.Parameter(10, 12)), Init.GlorotNormal(Init.Parameter(10, 10)), Init.GlorotNormal(Init.Parameter(10, 10))];

        public Linear Last { get; } = new(10, 1);

        public IEnumerable<Tensor> Everything => [.. Parameters(), .. _weights];

        protected override Tensor Compute(Tensor input) =>
            Last.Forward(_weights.Aggregate(input, (h, w) => Functional.Tanh(Functional.Linear(h, w))));
    }

    static double Weights(bool mended)
    {
        Rng.Seed(215);
        var (past, next) = Series.Windows(Series.MackeyGlass(900, seed: 5), 12);
        using var net = new HandMade();
        using var rms = new RMSprop(mended ? net.Everything : net.Parameters(), lr: 2e-3);
        using var data = new TensorDataset(past[..700], next[..700]);
        for (var epoch = 0; epoch < 15; epoch++)
            foreach (var (x, y) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                rms.ZeroGrad();
                Loss.Mse(net.Forward(x), y).Backward();
                rms.Step();
            }
        return Judge.SquaredError(net, past[700..], next[700..]);
    }

    sealed class Block(int width) : Module
    {
        public Linear A { get; } = new(width, width);
        public Linear B { get; } = new(width, width);

        protected override Tensor Compute(Tensor input) => input + B.Forward(Functional.Relu(A.Forward(input)));
    }

    static double Blocks(bool mended)
    {
        Rng.Seed(216);
        var (x, y) = Tables.Quadratic(1200, 8, 6, seed: 31);
        var block = new Block(8);
        var net = mended
            ? new Sequential(new Block(8), new Block(8), new Block(8), new Linear(8, 6))
            : new Sequential(block, block, block, new Linear(8, 6));
        var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var i = 0; i < 300; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1000, [100]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[1000..], y[1000..]);
    }

    sealed class Counter(bool convolve) : Module
    {
        public Conv2d First { get; } = new(1, 12, 3, padding: 1);
        public Conv2d Second { get; } = new(12, 12, 3, padding: 1);
        public Linear Out { get; } = new(convolve ? 12 * 16 : 64, 3);

        protected override Tensor Compute(Tensor input)
        {
            var h = input;
            if (convolve)
            {
                h = Functional.MaxPool2d(Functional.Relu(First.Forward(h)), 2);
                h = Functional.Relu(Second.Forward(h));
            }
            return Out.Forward(h.Flatten(1));
        }
    }

    static double Skipped(bool mended)
    {
        Rng.Seed(217);
        var (images, kinds, _) = Pictures.Shapes(900, 8, 3, 0.05, seed: 14);
        using var data = new TensorDataset(images[..750], kinds[..750]);
        using var net = new Counter(mended);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var epoch = 0; epoch < 12; epoch++)
            foreach (var (x, y) in new Loader(data, 30, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, images[750..], kinds[750..]);
    }
}
