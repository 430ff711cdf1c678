using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class HashedClicks
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "hashed-clicks-sparse",
        About = "three hashed columns as 0/1 over 400 places, 99 % zeros, into a factorization machine; most weights get no gradient in a step; clicks are one in five",
        Half = Half.Report,
        Run = Run,
    };

    const int Places = 400;

    sealed class FactorizationMachine : Module
    {
        public Linear Linear { get; } = new(Places, 1);
        public Tensor Factors { get; } = Init.Normal(Init.Parameter(Places, 8), 0, 0.05);

        protected override Tensor Compute(Tensor x)
        {
            var both = x.MatMul(Factors).Square() - x.Square().MatMul(Factors.Square());
            return (Linear.Forward(x) + 0.5 * both.Sum(1, keepDim: true)).Squeeze(1); // [N]
        }
    }

    static (Tensor X, Tensor Y) Clicks(int count)
    {
        var random = new Random(147);
        var x = new float[count, Places];
        var y = new float[count];
        for (var i = 0; i < count; i++)
        {
            int user = random.Next(40), page = random.Next(30), hour = random.Next(24);
            foreach (var place in new[] { user * 2654435761 % Places, (page * 40503 + 17) % Places, (hour * 9973 + 5) % Places }) x[i, place] = 1;
            var affinity = user % 4 == page % 4 ? 2.2 : -2.6;
            y[i] = random.NextDouble() < 1 / (1 + Math.Exp(-(affinity + (hour > 18 ? 0.8 : -0.4)))) ? 1 : 0;
        }
        return (Tensor.From(x), Tensor.From(y));
    }

    static void Run()
    {
        Rng.Seed(147);
        using var all = Scope.New();
        var (x, y) = Clicks(6000);
        using var model = new FactorizationMachine();
        using var adam = new Adam([new ParameterGroup([model.Factors], weightDecay: 0), new ParameterGroup(model.Linear.Parameters(), lr: 5e-3)], lr: 1e-2);
        for (var i = 0; i < 600; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, 5000, [100]);
            adam.ZeroGrad();
            Loss.BceWithLogits(model.Forward(x.Index(rows)), y.Index(rows)).Backward();
            adam.Step();
        }
        model.Eval();
        using var noGrad = Autograd.NoGrad();
        var held = y[5000..];
        var share = held.Mean().Item<double>();
        var knowingNothing = -(share * Math.Log(share) + (1 - share) * Math.Log(1 - share));
        Outcome.AtMost("test loss as a share of that of knowing nothing", Loss.BceWithLogits(model.Forward(x[5000..]), held).Item<double>() / knowingNothing, 0.75);
    }
}
