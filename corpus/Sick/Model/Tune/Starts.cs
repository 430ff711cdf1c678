using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>How weights start, and how much of the network is switched off.</summary>
static class Starts
{
    public static CorpusProgram AllZero { get; } = Fault.Tune(
        "all-weights-zero", "MLP on moons with all weights and biases zero", Zeros, ["PES209"]);

    public static CorpusProgram NormalTen { get; } = Fault.Tune(
        "weights-of-deviation-ten", "MLP on digits, weights drawn with a standard deviation of 10", Ten, ["PES210"], also: ["PES311", "PES403"]); // the loss starts in the thousands, so do the gradients

    public static CorpusProgram NormalTiny { get; } = Fault.Tune(
        "weights-of-deviation-one-ten-thousandth", "five tanh layers whose weights start at 1e-4: no signal comes through", TinyWeights, ["PES210"], also: ["PES402"]); // and no gradient goes back

    public static CorpusProgram DropoutAlmostAll { get; } = Fault.Tune(
        "dropout-of-95-percent", "dropout of 0.95 after both hidden layers", Dropped, ["PES211"]);

    static double Zeros(bool mended)
    {
        Rng.Seed(221);
        var (points, moons) = Plane.Moons(700, 0.15, seed: 3);
        using var net = new Mlp(2, 32, 2, depth: 2, init: mended ? InitScheme.He : InitScheme.Zeros);
        using var data = new TensorDataset(points[..560], moons[..560]);
        using var sgd = new SGD(net.Parameters(), lr: 0.3, momentum: 0.5);
        for (var epoch = 0; epoch < 15; epoch++)
            foreach (var (x, y) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                sgd.Step();
            }
        return Judge.ErrorRate(net, points[560..], moons[560..]);
    }

    static double Ten(bool mended)
    {
        Rng.Seed(222);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 64, 10, depth: 2, init: mended ? InitScheme.He : InitScheme.Normal(10));
        using var adam = new Adam(net.Parameters(), lr: 1e-3);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (images, labels) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                var loss = Loss.CrossEntropy(net.Forward(images), labels);
                loss.Backward();
                adam.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double TinyWeights(bool mended)
    {
        Rng.Seed(223);
        var (past, next) = Series.Windows(Series.Waves(800, 0.1, seed: 9), 16);
        var layers = new List<Module>();
        for (var i = 0; i < 5; i++) layers.AddRange([new Linear(i == 0 ? 16 : 24, 24), new Tanh()]);
        using var net = new Sequential([.. layers, new Linear(24, 1)]);
        foreach (var p in net.Parameters())
            if (p.Rank == 2 && !mended) Init.Normal(p, 0, 1e-4);
            else if (p.Rank == 2) Init.GlorotNormal(p);
            else Init.Zeros(p);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 640, [40]);
            sgd.ZeroGrad();
            Loss.Mse(net.Forward(past.IndexSelect(0, rows)), next.IndexSelect(0, rows)).Backward();
            sgd.Step();
        }
        return Judge.SquaredError(net, past[640..], next[640..]);
    }

    static double Dropped(bool mended)
    {
        Rng.Seed(224);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 64, 10, depth: 2, dropout: mended ? 0.1 : 0.95);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (images, labels) in new Loader(data, 60, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }
}
