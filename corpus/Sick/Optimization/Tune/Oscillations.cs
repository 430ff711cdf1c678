using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Losses that go up and down and end nowhere.</summary>
static class Oscillations
{
    public static CorpusProgram TanhMoons { get; } = Fault.Tune(
        "full-batch-rate-forty", "moons, all rows at each step, SGD at 40: bounded units, so the loss swings and stays finite", Moons, ["PES501"], also: ["PES507"]); // tanh units end saturated

    public static CorpusProgram SumAtMeanRate { get; } = Fault.Tune(
        "summed-loss-at-the-rate-of-a-mean", "squared error summed over a batch of 64 with a rate made for the mean", Sum, ["PES501", "PES312"], also: ["PES301", "PES403", "PES401"]); // it overflows

    static double Moons(bool mended)
    {
        Rng.Seed(421);
        var (points, moons) = Plane.Moons(500, 0.15, seed: 62);
        using var net = new Sequential(new Linear(2, 24), new Tanh(), new Linear(24, 24), new Tanh(), new Linear(24, 24), new Tanh(), new Linear(24, 2));
        using var sgd = new SGD(net.Parameters(), lr: mended ? 1 : 40);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            sgd.ZeroGrad();
            var loss = Loss.CrossEntropy(net.Forward(points[..400]), moons[..400]);
            loss.Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, points[400..], moons[400..]);
    }

    static double Sum(bool mended)
    {
        Rng.Seed(422);
        var (past, next) = Series.Windows(Series.Waves(900, 0.1, seed: 51), 20);
        using var data = new TensorDataset(past[..700], next[..700]);
        using var net = new Mlp(20, 32, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.5);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (x, y) in new Loader(data, 64, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.Mse(net.Forward(x), y, mended ? Reduction.Mean : Reduction.Sum).Backward();
                sgd.Step();
            }
        return Judge.SquaredError(net, past[700..], next[700..]);
    }
}
