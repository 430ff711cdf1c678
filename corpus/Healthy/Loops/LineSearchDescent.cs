using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Corpus.Healthy.Loops;

static class LineSearchDescent
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "conjugate-gradients-line-search",
        About = "nonlinear conjugate gradients on a small tanh net: a closure is evaluated without gradient along the line, then with it; double precision",
        Half = Half.Report,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(140);
        using var all = Scope.New();
        var x = Tensor.Rand([120, 2], DType.Float64) * 2 - 1;
        var y = ((2 * x.Select(1, 0)).Sin() * (x.Select(1, 1) * 1.5).Cos()).Unsqueeze(1);
        using var net = new Sequential(new Linear(2, 16), new Tanh(), new Linear(16, 1));
        net.To(DType.Float64);
        var weights = net.Parameters();

        Tensor Objective() => Loss.Mse(net.Forward(x), y);

        Tensor[]? direction = null, previous = null;
        var rate = 0.5;
        var last = double.NaN;
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            net.ZeroGrad();
            var loss = Objective();
            loss.Backward();
            var start = loss.Item<double>();
            using var noGrad = Autograd.NoGrad();
            Tensor[] gradient = [.. weights.Select(w => w.Grad!.Clone())];
            var beta = previous is null || i % 20 == 0 ? 0 : Math.Max(0, Inner(gradient, [.. gradient.Zip(previous, (g, p) => g - p)]) / Inner(previous, previous));
            Tensor[] towards = [.. gradient.Select((g, k) => beta == 0 ? -g : beta * direction![k] - g)];
            var slope = Inner(gradient, towards);
            if (slope >= 0) (towards, slope) = ([.. gradient.Select(g => -g)], -Inner(gradient, gradient));

            rate *= 2;
            Shift(rate);
            while ((last = Objective().Item<double>()) > start + 1e-3 * rate * slope && rate > 1e-8)
            {
                Shift(-rate / 2);
                rate /= 2;
            }

            foreach (var tensor in (direction ?? []).Concat(previous ?? [])) tensor.Dispose();
            (direction, previous) = ([.. towards.Select(t => t.Keep())], [.. gradient.Select(t => t.Keep())]);

            void Shift(double by)
            {
                foreach (var (w, d) in weights.Zip(towards)) w.AddInPlace(d, by);
            }
        }
        foreach (var tensor in direction!.Concat(previous!)) tensor.Dispose();
        Outcome.AtMost("error (variance 0.35)", last, 0.01);
    }

    static double Inner(Tensor[] a, Tensor[] b) => a.Zip(b, (x, y) => (x * y).Sum().Item<double>()).Sum();
}
