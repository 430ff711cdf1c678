using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class PopulationsInLogs
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "populations-log-ratio-loss",
        About = "targets from a thousand to a billion, left as they are: the net's output is exponentiated and the hand-written loss compares logarithms",
        Half = Half.Report,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(148);
        using var all = Scope.New();
        var x = Tensor.Randn([1200, 5]);
        var people = (13.8 + 1.2 * x.Select(1, 0) + (x.Select(1, 1) * 2).Tanh() + 0.7 * x.Select(1, 2) * x.Select(1, 3) + 0.15 * Tensor.Randn([1200])).Exp(); // around a million
        using var net = new Sequential(new Linear(5, 48), new SiLU(), new Linear(48, 48), new SiLU(), new Linear(48, 1));
        using (Autograd.NoGrad())
            ((Linear)net[4]).Bias!.FillInPlace(people[..1000].Log().Mean().Item<double>());

        Tensor Predict(Tensor inputs) => net.Forward(inputs).Squeeze(1).Exp();
        static Tensor LogRatio(Tensor predicted, Tensor target) => (predicted.Log() - target.Log()).Square().Mean();

        using var optimizer = new Adam(net.Parameters(), lr: 3e-3);
        for (var epoch = 0; epoch < 25; epoch++)
            foreach (var rows in Tensor.RandPerm(1000).Split(50))
            {
                using var step = Scope.New();
                net.ZeroGrad();
                LogRatio(Predict(x.IndexSelect(0, rows)), people.IndexSelect(0, rows)).Backward();
                optimizer.Step();
            }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtMost("squared log ratio on the test set (2.8 for one guess)", LogRatio(Predict(x[1000..]), people[1000..]).Item<double>(), 0.35);
    }
}
