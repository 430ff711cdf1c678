using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Programs that climb where they should descend.</summary>
static class Upwards
{
    public static CorpusProgram MaximizedError { get; } = Fault.Report(
        "maximized-spirals", "tanh network on three spirals; Adam was told to maximize the cross-entropy", Maximized, ["PES308"]);

    public static CorpusProgram MinimizedLikelihood { get; } = Fault.Report(
        "minimized-log-likelihood", "a forecast with its own variance for a series; the log-likelihood itself is minimized", Likelihood, ["PES308"]);

    static double Maximized(bool mended)
    {
        Rng.Seed(11);
        var (points, arms) = Plane.Spirals(900, 3, 0.1, seed: 4);
        var net = new Sequential(new Linear(2, 48), new Tanh(), new Linear(48, 48), new Tanh(), new Linear(48, 3));
        var adam = new Adam(net.Parameters(), lr: 3e-3, maximize: !mended);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 700, [100]);
            var loss = Loss.CrossEntropy(net.Forward(points.IndexSelect(0, rows)), arms.IndexSelect(0, rows));
            net.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, points[700..], arms[700..]);
    }

    // log N(y; mean, exp(s)), without its constant.
    static Tensor LogLikelihood(Tensor output, Tensor y)
    {
        var (mean, s) = (output.Narrow(1, 0, 1), output.Narrow(1, 1, 1).Clamp(-6, 6));
        return (-0.5 * (s + (y - mean).Square() / s.Exp())).Mean();
    }

    static double Likelihood(bool mended)
    {
        Rng.Seed(12);
        var (past, next) = Series.Windows(Series.Waves(1000, 0.1, seed: 2), 20);
        using var net = new Mlp(20, 40, 2);
        using var rms = new RMSprop(net.Parameters(), lr: 1e-3);
        using var loader = new TensorDataset(past[..800], next[..800]);
        foreach (var epoch in Enumerable.Range(0, 10))
            foreach (var (x, y) in new Loader(loader, 50, seed: epoch))
            {
                using var scope = Scope.New();
                var objective = LogLikelihood(net.Forward(x), y);
                rms.ZeroGrad();
                (mended ? -objective : objective).Backward();
                rms.Step();
            }
        using var quiet = Autograd.NoGrad();
        return Loss.Mse(net.Forward(past[800..]).Narrow(1, 0, 1), next[800..]).Item<float>();
    }
}
