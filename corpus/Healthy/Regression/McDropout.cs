using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class McDropout
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "noisy-cubic-mc-dropout",
        About = "regression on one input; at test time dropout stays on deliberately and thirty passes are averaged (Gal and Ghahramani 2016)",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(38);
        using var all = Scope.New();
        var x = Tensor.Rand([400, 1]) * 4 - 2;
        var y = (x.Pow(3) - 2 * x) / 2 + 0.2 * Tensor.Randn([400, 1]);
        using var net = new Sequential(
            new Linear(1, 128), new ReLU(), new Dropout(0.1),
            new Linear(128, 128), new ReLU(), new Dropout(0.1),
            new Linear(128, 1));
        using var optimizer = new Adam(net.Parameters(), 3e-3);
        for (var i = 0; i < 400; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, 320, [64]);
            optimizer.ZeroGrad();
            Loss.Mse(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            optimizer.Step();
        }

        net.Eval();
        foreach (var dropout in net.OfType<Dropout>()) dropout.Train();
        using var noGrad = Autograd.NoGrad();
        var passes = Tensor.Stack([.. Enumerable.Range(0, 30).Select(_ => net.Forward(x[320..]))]);
        Outcome.AtMost("error of the mean of passes (noise 0.04, variance 0.9)", Loss.Mse(passes.Mean(0), y[320..]).Item<double>(), 0.12);
        Outcome.AtLeast("deviation between passes", passes.Std([0]).Mean().Item<double>(), 0.03);
    }
}
