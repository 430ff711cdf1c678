using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class PicofaradTargets
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "capacitances-in-farad",
        About = "targets of a few millionths; the loss compares in units of their deviation, predictions are scaled back to farad",
        Half = Half.Report,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(112);
        using var all = Scope.New();
        var random = new Random(112);
        const int N = 1000;
        var plates = new float[N, 3];
        var farad = new double[N];
        for (var i = 0; i < N; i++)
        {
            double area = random.Between(0.5, 2), gap = random.Between(0.5, 2), permittivity = random.Between(1, 5);
            (plates[i, 0], plates[i, 1], plates[i, 2]) = ((float)area - 1.25f, (float)gap - 1.25f, (float)(permittivity - 3) / 2);
            farad[i] = 1e-6 * permittivity * area / gap * (1 + 0.02 * random.Gaussian());
        }
        var x = Tensor.From(plates);
        var target = Tensor.From(farad, N, 1).To(DType.Float32);
        var (mean, std) = (target[..800].Mean().Item<double>(), target[..800].Std().Item<double>());

        using var net = new Sequential(new Linear(3, 40), new Softplus(), new Linear(40, 40), new Softplus(), new Linear(40, 1));
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var epoch = 0; epoch < 40; epoch++)
            foreach (var rows in Tensor.RandPerm(800).Split(40))
                using (Scope.New())
                {
                    var error = net.Forward(x.IndexSelect(0, rows)) - (target.IndexSelect(0, rows) - mean) / std;
                    var loss = error.Square().Mean();
                    sgd.ZeroGrad();
                    loss.Backward();
                    sgd.Step();
                }

        net.Eval();
        using var noGrad = Autograd.NoGrad();
        var predicted = net.Forward(x[800..]) * std + mean;
        Outcome.AtMost("relative error", ((predicted - target[800..]).Abs() / target[800..]).Mean().Item<double>(), 0.08);
    }
}
