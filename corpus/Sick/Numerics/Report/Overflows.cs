using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Divisions by zero, roots at zero, logarithms of what is negative, and too few digits.</summary>
static class Overflows
{
    public static CorpusProgram EmptyDocument { get; } = Fault.Report(
        "empty-document-zero-over-zero", "counts of words are divided by their sum inside of the network, and some documents are empty", Empty, ["PES701"], also: ["PES301", "PES401", "PES702"]); // loss and gradients are NaN; an epsilon is missing

    public static CorpusProgram RootAtZero { get; } = Fault.Report(
        "root-of-zero-distance", "distances between embeddings, some of them of a point with itself: the root's slope at 0 is infinite", Root, ["PES701", "PES401"], also: ["PES301"]); // later losses are NaN as well

    public static CorpusProgram LogOfNegative { get; } = Fault.Report(
        "log-of-negative-deviation", "a forecast with its own deviation, which is a raw output: below 0 its logarithm is NaN", Negative, ["PES701"], also: ["PES301", "PES401"]); // loss and gradients are NaN

    public static CorpusProgram DeviationOfOne { get; } = Fault.Report(
        "deviation-of-one-value", "scores are standardized over the batch, and the last batch holds one row", OneValue, ["PES701", "PES702"], also: ["PES301", "PES401"]); // loss and gradients are NaN

    public static CorpusProgram SigmoidLogs { get; } = Fault.Report(
        "log-of-sigmoid-that-works", "binary cross-entropy from log(sigmoid) by hand, and nothing happens", ByHand, ["PES702"], harmless: true);

    public static CorpusProgram SmallDifferences { get; } = Fault.Report(
        "variance-by-difference-of-squares", "rows near 10,000 are standardized by E[x²] - E[x]² in float32", Cancellation, ["PES703"], also: ["PES701", "PES301", "PES101"]); // the variance may come out negative, and inputs wrongly scaled

    static double Empty(bool mended)
    {
        Rng.Seed(611);
        var (counts, topics) = Words.Documents(700, 80, 4, 40, seed: 41);
        using (Autograd.NoGrad())
            for (var i = 30; i < 700; i += 97) counts[i].ZeroInPlace();
        using var hidden = new Linear(80, 24);
        using var output = new Linear(24, 4);
        Tensor Scores(Tensor x)
        {
            var shares = x / (x.Sum(1, keepDim: true) + (mended ? 1e-6 : 0));
            return output.Forward(Functional.Relu(hidden.Forward(shares * 20)));
        }

        using var adam = new Adam([.. hidden.Parameters(), .. output.Parameters()], lr: 5e-3);
        for (var epoch = 0; epoch < 6; epoch++)
            for (var at = 0; at < 560; at += 28)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(Scores(counts[at..(at + 28)]), topics[at..(at + 28)]).Backward();
                adam.Step();
            }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(Scores(counts[560..]), topics[560..]);
    }

    static double Root(bool mended)
    {
        Rng.Seed(612);
        var (points, clouds) = Plane.Ring(500, 5, 2, 0.5, seed: 32);
        using var net = new Sequential(new Linear(2, 24), new Tanh(), new Linear(24, 3));
        using var sgd = new SGD(net.Parameters(), lr: 0.05);
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            Tensor left = Tensor.RandInt(0, 400, [64]), right = Tensor.RandInt(0, 400, [64]);
            var same = clouds.IndexSelect(0, left).Eq(clouds.IndexSelect(0, right)).To(DType.Float32);
            var difference = net.Forward(points.IndexSelect(0, left)) - net.Forward(points.IndexSelect(0, right));
            var square = difference.Square().Sum(1);
            var distance = mended ? (square + 1e-8).Sqrt() : square.Sqrt();
            var loss = (same * distance.Square() + (1 - same) * (1.5 - distance).Clamp(min: 0).Square()).Mean();
            sgd.ZeroGrad();
            loss.Backward();
            sgd.Step();
        }
        using var quiet = Autograd.NoGrad();
        var e = net.Forward(points);
        var centers = Tensor.Stack([.. Enumerable.Range(0, 5).Select(k => e[..400].Index(clouds[..400].Eq(k)).Mean(0))]);
        return (e[400..].Unsqueeze(1) - centers).Square().Sum(2).ArgMin(1).Ne(clouds[400..]).To(DType.Float32).Mean().Item<float>();
    }

    static double Negative(bool mended)
    {
        Rng.Seed(613);
        var (past, next) = Series.Windows(Series.MackeyGlass(700, seed: 15), 10);
        using var net = new Mlp(10, 24, 2, init: InitScheme.PyTorch);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 560, [32]);
            var output = net.Forward(past.IndexSelect(0, rows));
            var mean = output.Narrow(1, 0, 1);
            var deviation = mended ? Functional.Softplus(output.Narrow(1, 1, 1)) + 0.05 : output.Narrow(1, 1, 1);
            var loss = (deviation.Log() + 0.5 * ((next.IndexSelect(0, rows) - mean) / deviation).Square()).Mean();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Loss.Mse(net.Forward(past[560..]).Narrow(1, 0, 1), next[560..]).Item<float>();
    }

    static double OneValue(bool mended)
    {
        Rng.Seed(614);
        var (x, y) = Tables.Smooth(521, 5, 0.1, seed: 93);
        using var data = new TensorDataset(x[..321], y[..321]);
        using var net = new Mlp(5, 32, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.02, momentum: 0.9);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var (input, target) in new Loader(data, 32, seed: epoch, dropLast: mended))
            {
                using var scope = Scope.New();
                var scores = net.Forward(input);
                var standardized = (scores - scores.Mean(0)) / scores.Std([0]);
                sgd.ZeroGrad();
                (-(standardized * target).Mean()).Backward(); // correlation
                sgd.Step();
            }
        using var quiet = Autograd.NoGrad();
        var s = net.Forward(x[321..]);
        var t = y[321..];
        return 1 - ((s - s.Mean()) / s.Std() * (t - t.Mean()) / t.Std()).Mean().Item<float>();
    }

    static double ByHand(bool mended)
    {
        Rng.Seed(615);
        var (points, moons) = Plane.Moons(600, 0.2, seed: 33);
        var y = moons.To(DType.Float32);
        using var net = new Mlp(2, 24, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var i = 0; i < 120; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 480, [48]);
            var score = net.Forward(points.IndexSelect(0, rows)).Squeeze(1);
            var label = y.IndexSelect(0, rows);
            var loss = mended
                ? Loss.BceWithLogits(score, label)
                : -(label * Functional.Sigmoid(score).Log() + (1 - label) * (1 - Functional.Sigmoid(score)).Log()).Mean();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return net.Forward(points[480..]).Squeeze(1).Gt(0).To(DType.Float32).Ne(y[480..]).To(DType.Float32).Mean().Item<float>();
    }

    static double Cancellation(bool mended)
    {
        Rng.Seed(616);
        var random = new Random(4);
        var signal = new float[600, 16];
        var up = new long[600];
        for (var i = 0; i < 600; i++)
        {
            up[i] = random.Next(2);
            var level = 10_000 + 2_000 * random.NextDouble();
            for (var t = 0; t < 16; t++) signal[i, t] = (float)(level + (up[i] == 1 ? 0.1 : -0.1) * t + 0.05 * random.Gaussian());
        }
        var raw = Tensor.From(signal);
        if (mended) raw = raw.To(DType.Float64);
        var mean = raw.Mean(1, keepDim: true);
        var variance = raw.Square().Mean(1, keepDim: true) - mean.Square();
        var x = ((raw - mean) / (variance.Clamp(min: 0) + 1e-6).Sqrt()).To(DType.Float32);
        var y = Tensor.From(up);
        using var net = new Sequential(new Linear(16, 16), new ReLU(), new Linear(16, 2));
        using var sgd = new SGD(net.Parameters(), lr: 0.05);
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 480, [32]);
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, x[480..], y[480..]);
    }
}
