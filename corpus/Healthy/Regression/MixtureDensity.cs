using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class MixtureDensity
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "inverse-sine-mixture-density",
        About = "mixture density network (Bishop 1994) on a relation with up to three answers; the loss is a density and falls below zero",
        Half = Half.Report,
        Run = Run,
    };

    const int Components = 5;

    static Tensor Nll(Tensor parameters, Tensor y)
    {
        var parts = parameters.Split(Components, 1);
        var (logWeight, mean, logSigma) = (Functional.LogSoftmax(parts[0], 1), parts[1], parts[2].Clamp(-5, 3));
        var z = (y - mean) / logSigma.Exp();
        return -(logWeight - 0.5 * z.Square() - logSigma - 0.5 * Math.Log(2 * Math.PI)).LogSumExp(1).Mean();
    }

    static (Tensor X, Tensor Y) Draw(int count)
    {
        var y = Tensor.Rand([count, 1]) * 2 - 1;
        var x = y + 0.6 * (2 * Math.PI * y).Sin() * 0.75 + 0.03 * Tensor.Randn([count, 1]);
        return (x, y);
    }

    static void Run()
    {
        Rng.Seed(114);
        using var all = Scope.New();
        var (x, y) = Draw(2500);
        var (vx, vy) = Draw(600);
        using var net = new Sequential(new Linear(1, 50), new Tanh(), new Linear(50, 50), new Tanh(), new Linear(50, 3 * Components));
        using var adam = new Adam(net.Parameters(), 5e-3);
        var history = new List<double>();
        for (var i = 0; i < 600; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, 2500, [125]);
            adam.ZeroGrad();
            var loss = Nll(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows));
            history.Add(loss.Item<double>());
            loss.Backward();
            GradientClip.ByNorm(net.Parameters(), 5);
            adam.Step();
        }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtMost("fall of the training loss", history[^20..].Average() - history[..5].Average(), -0.8);
        Outcome.AtMost("validation nats (0.69 for the uniform density)", Nll(net.Forward(vx), vy).Item<double>(), -0.2);
    }
}
