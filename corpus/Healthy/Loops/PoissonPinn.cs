using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class PoissonPinn
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "poisson-equation-pinn",
        About = "physics-informed tanh net solves -u'' = f on the unit interval: second derivatives by input enter the loss, no data at all",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(19);
        using var all = Scope.New();
        using var u = new Sequential(new Linear(1, 24), new Tanh(), new Linear(24, 24), new Tanh(), new Linear(24, 1));
        using var adam = new Adam(u.Parameters(), lr: 5e-3);
        var schedule = new Scheduler(adam, new ExponentialLR(0.996));
        var ends = Tensor.From<float>(new[,] { { 0f }, { 1f } });
        for (var i = 0; i < 600; i++)
        {
            using var step = Scope.New();
            var x = Tensor.Rand([64, 1]).RequireGrad();
            var du = Autograd.Grad(u.Forward(x).Sum(), x, createGraph: true);
            var ddu = Autograd.Grad(du.Sum(), x, createGraph: true);
            var source = Math.PI * Math.PI * (x.Detach() * Math.PI).Sin();
            var residual = (ddu + source).Square().Mean();
            var boundary = u.Forward(ends).Square().Mean();
            adam.ZeroGrad();
            (residual / 50 + boundary).Backward();
            adam.Step();
            schedule.Step();
        }

        u.Eval();
        using var noGrad = Autograd.NoGrad();
        var grid = Tensor.Arange(0, 1.001, 0.01).Unsqueeze(1);
        var worst = (u.Forward(grid) - (grid * Math.PI).Sin()).Abs().Max();
        Outcome.AtMost("largest error of the solution", worst.Item<double>(), 0.05);
    }
}
