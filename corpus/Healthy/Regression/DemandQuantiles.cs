using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class DemandQuantiles
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "demand-quantiles",
        About = "three quantiles at once with a hand-written pinball loss; the noise grows along the input",
        Half = Half.Tune,
        Run = Run,
    };

    static readonly float[] _levels = [0.1f, 0.5f, 0.9f];

    static Tensor Pinball(Tensor predicted, Tensor target, Tensor levels)
    {
        var miss = target - predicted; // [N, 3], the target broadcast over the levels
        return (levels * miss).Maximum((levels - 1) * miss).Mean();
    }

    static (Tensor X, Tensor Y) Demand(int count)
    {
        var x = Tensor.Rand([count, 1]) * 4 - 2;
        return (x, (2 * x).Sin() + 0.3 * (0.7 * x).Exp() * Tensor.Randn([count, 1]));
    }

    static void Run()
    {
        Rng.Seed(33);
        using var all = Scope.New();
        var levels = Tensor.From(_levels);
        using var net = new Sequential(new Linear(1, 48), new Tanh(), new Linear(48, 48), new Tanh(), new Linear(48, 3));
        using var adam = new Adam(net.Parameters(), 6e-3);
        var schedule = new Scheduler(adam, new CosineAnnealingLR(30));
        var (x, y) = Demand(3000);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            foreach (var rows in Tensor.RandPerm(3000).Split(100))
            {
                using var step = Scope.New();
                adam.ZeroGrad();
                Pinball(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows), levels).Backward();
                adam.Step();
            }
            schedule.Step();
        }

        net.Eval();
        using var noGrad = Autograd.NoGrad();
        var (tx, ty) = Demand(2000);
        var below = ty.Le(net.Forward(tx)).To(DType.Float32).Mean(0).ToArray<float>();
        for (var i = 0; i < 3; i++)
            Outcome.AtMost("distance of coverage", Math.Abs(below[i] - _levels[i]), 0.06);
        Outcome.AtMost("pinball loss", Pinball(net.Forward(tx), ty, levels).Item<double>(), 0.16);
    }
}
