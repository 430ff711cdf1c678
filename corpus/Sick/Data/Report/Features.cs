using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Columns, series and pictures that do not come as the network needs them.</summary>
static class Features
{
    public static CorpusProgram RawTable { get; } = Fault.Report(
        "house-prices-unscaled", "square metres and years against a price around a million, nothing scaled", RawColumns, ["PES101"], also: ["PES311", "PES403"]); // loss and gradients are as large as squared prices

    public static CorpusProgram StandardizedTwice { get; } = Fault.Report(
        "standardized-then-divided", "a series is standardized, and the forecast divides it by its raw deviation of 400 again", StandardizedAndDivided, ["PES102"]);

    public static CorpusProgram SameColumnThrice { get; } = Fault.Report(
        "columns-overwritten-by-a-constant", "a loop writes the columns that matter with the constant of another", Overwritten, ["PES103"]);

    public static CorpusProgram IntegerFeatures { get; } = Fault.Report(
        "standardized-into-integers", "standardized columns are stored as integers, which leaves -1, 0 and 1", Integers, ["PES104"]);

    public static CorpusProgram HeightForWidth { get; } = Fault.Report(
        "height-and-width-swapped", "pictures of 6 by 16 are read as 16 by 6", Swapped, ["PES105"]);

    public static CorpusProgram LogTargets { get; } = Fault.Report(
        "logarithm-of-zero-targets", "targets are logarithms of counts, and some counts are 0", LogCounts, ["PES106"], also: ["PES301", "PES401", "PES701"]); // the logarithm made them; loss and gradients follow

    public static CorpusProgram OwnStatistics { get; } = Fault.Report(
        "validation-scaled-to-one", "training rows are standardized, validation rows are scaled to between 0 and 1", MinMax, ["PES120"], also: ["PES115"]); // so the two come from different distributions

    public static CorpusProgram WithoutMask { get; } = Fault.Report(
        "attention-without-causal-mask", "next token by attention that can look at the next token", Unmasked, ["PES121"]);

    static double RawColumns(bool mended)
    {
        Rng.Seed(821);
        var (columns, prices) = Tables.Houses(700, seed: 25);
        Tensor x = Tensor.From(columns), y = Tensor.From(prices, 700, 1);
        var (mean, deviation) = (y[..560].Mean().Item<float>(), y[..560].Std().Item<float>());
        if (mended) (x, y) = (Tables.Standardize(x, 560), (y - mean) / deviation);
        using var net = new Sequential(new Linear(5, 32), new ReLU(), new Linear(32, 1));
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var epoch = 0; epoch < 20; epoch++)
            for (var at = 0; at < 560; at += 56)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(x[at..(at + 56)]), y[at..(at + 56)]).Backward();
                adam.Step();
            }
        return Judge.SquaredError(net, x[560..], y[560..]) / (mended ? 1 : (double)deviation * deviation);
    }

    sealed class Forecast(double divisor) : Module
    {
        readonly Linear _one = new(12, 24), _two = new(24, 1);

        protected override Tensor Compute(Tensor input) => _two.Forward(Functional.Tanh(_one.Forward(input / divisor)));
    }

    static double StandardizedAndDivided(bool mended)
    {
        Rng.Seed(822);
        var raw = Series.MackeyGlass(900, seed: 25).Select(v => 3000 + 400 * v).ToArray();
        var standardized = Array.ConvertAll(raw, v => (v - 3000) / 400);
        var (past, next) = Series.Windows(standardized, 12);
        using var data = new TensorDataset(past[..700], next[..700]);
        using var net = new Forecast(mended ? 1 : 400);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        foreach (var epoch in Enumerable.Range(0, 12))
            foreach (var (x, y) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                var loss = Loss.Mse(net.Forward(x), y);
                net.ZeroGrad();
                loss.Backward();
                sgd.Step();
            }
        return Judge.SquaredError(net, past[700..], next[700..]);
    }

    static double Overwritten(bool mended)
    {
        Rng.Seed(823);
        var (lengths, kinds) = Tables.Flowers(500, seed: 15);
        var table = (float[,])lengths.Clone();
        if (!mended)
            for (var i = 0; i < 500; i++)
                for (var j = 1; j < 4; j++)
                    table[i, j] = lengths[0, j];
        var x = (Tensor.From(table) - 3) / 2;
        var y = Tensor.From(Array.ConvertAll(kinds, k => k - 1L));
        var net = new Mlp(4, 16, 3);
        var adam = new AdamW(net.Parameters(), lr: 0.01);
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 400, [40]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[400..], y[400..]);
    }

    static double Integers(bool mended)
    {
        Rng.Seed(824);
        var (x, y) = Tables.Smooth(900, 5, 0.05, seed: 102);
        var stored = mended ? x : x.To(DType.Int64);
        using var net = new Mlp(5, 48, 1);
        using var rms = new RMSprop(net.Parameters(), lr: 3e-3);
        for (var i = 0; i < 250; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 720, [40]);
            rms.ZeroGrad();
            Loss.Mse(net.Forward(stored.IndexSelect(0, rows).To(DType.Float32)), y.IndexSelect(0, rows)).Backward();
            rms.Step();
        }
        return Judge.SquaredError(net, stored[720..].To(DType.Float32), y[720..]);
    }

    static double Swapped(bool mended)
    {
        Rng.Seed(825);
        const int Count = 600, Height = 6, Width = 16;
        var random = new Random(6);
        var strips = new float[Count * Height * Width];
        var slanted = new long[Count];
        for (var n = 0; n < Count; n++)
        {
            // Three pairs of dots, each one above the other, or each slanted.
            slanted[n] = random.Next(2);
            for (var pair = 0; pair < 3; pair++)
            {
                var at = n * Height * Width + random.Next(Height - 1) * Width + random.Next(Width - 1);
                strips[at] = strips[at + Width + slanted[n]] = 1;
            }
            for (var i = 0; i < Height * Width; i++) strips[n * Height * Width + i] += 0.1f * (float)random.Gaussian();
        }
        var x = mended ? Tensor.From(strips, Count, 1, Height, Width) : Tensor.From(strips, Count, 1, Width, Height);
        var y = Tensor.From(slanted);
        using var net = new Sequential(new Conv2d(1, 12, 3, padding: 1), new ReLU(), new AdaptiveAvgPool2d(1), new Flatten(), new Linear(12, 2));
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);
        using var data = new TensorDataset(x[..480], y[..480]);
        for (var epoch = 0; epoch < 25; epoch++)
            foreach (var (images, labels) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
            }
        return Judge.ErrorRate(net, x[480..], y[480..]);
    }

    static double LogCounts(bool mended)
    {
        Rng.Seed(826);
        var (images, counts) = Pictures.Dots(600, 8, 8, seed: 91);
        var y = (mended ? counts.Log1p() : counts.Log()).Unsqueeze(1);
        using var net = new Mlp(64, 32, 1);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            var at = i * 40 % 480;
            adam.ZeroGrad();
            var loss = Loss.Mse(net.Forward(images[at..(at + 40)]), y[at..(at + 40)]);
            loss.Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, images[480..], counts[480..].Log1p().Unsqueeze(1));
    }

    static double MinMax(bool mended)
    {
        Rng.Seed(827);
        var (columns, prices) = Tables.Houses(700, seed: 35);
        var all = Tensor.From(columns);
        var train = Tables.Standardize(all, 560)[..560];
        var held = all[560..];
        var (low, high) = (held.AMin([0], keepDim: true), held.AMax([0], keepDim: true));
        var validation = mended ? Tables.Standardize(all, 560)[560..] : (held - low) / (high - low);
        var y = Tables.Standardize(Tensor.From(prices, 700, 1), 560);
        using var net = new Mlp(5, 32, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        using var rows = new TensorDataset(train, y[..560]);
        var error = 0.0;
        for (var epoch = 0; epoch < 15; epoch++)
        {
            foreach (var (x, target) in new Loader(rows, 40, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(x), target).Backward();
                adam.Step();
            }
            using var quiet = Autograd.NoGrad();
            error = Loss.Mse(net.Forward(validation), y[560..]).Item<float>();
        }
        return error;
    }

    sealed class LookAhead(int tokens, bool mask) : Module
    {
        const int Width = 16;

        public Embedding Tokens { get; } = new(tokens, Width);
        public Embedding Places { get; } = new(16, Width);
        public Linear Query { get; } = new(Width, Width);
        public Linear Key { get; } = new(Width, Width);
        public Linear Value { get; } = new(Width, Width);
        public Linear Out { get; } = new(Width, tokens);

        protected override Tensor Compute(Tensor input) // [N, T]
        {
            var length = input.Size(1);
            var e = Tokens.Forward(input) + Places.Forward(Tensor.Arange(length));
            var scores = Query.Forward(e).MatMul(Key.Forward(e).Transpose(1, 2)) / 4;
            if (mask) scores = scores.MaskedFill(Tensor.Ones([length, length]).Triu(1).Gt(0), double.NegativeInfinity);
            return Out.Forward(e + Functional.Softmax(scores, 2).MatMul(Value.Forward(e)));
        }
    }

    static double Unmasked(bool mended)
    {
        Rng.Seed(828);
        const int Length = 8;
        var ids = Words.Chain(4801, 14, 2, seed: 31);
        var count = 4800 / Length;
        var x = Tensor.From(ids.AsSpan(0, 4800), count, Length);
        var y = Tensor.From(ids.AsSpan(1, 4800), count, Length);
        using var net = new LookAhead(14, mended);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var i = 0; i < 300; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 500, [32]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)).Flatten(0, 1), y.IndexSelect(0, rows).Flatten()).Backward();
            adam.Step();
        }
        // In use the text ends where the next token is to come: the mean loss of the last place of each prefix.
        using var quiet = Autograd.NoGrad();
        return Enumerable.Range(2, 6).Average(n => Loss.CrossEntropy(net.Forward(x[500..].Narrow(1, 0, n)).Select(1, n - 1), y[500..].Select(1, n - 1)).Item<float>());
    }
}
