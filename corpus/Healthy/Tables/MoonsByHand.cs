using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Corpus.Healthy.Tables;

static class MoonsByHand
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "moons-sigmoid-hand-made-sgd",
        About = "two moons; sigmoid output with BCE, full batch, and the update p -= lr * grad written by hand",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(4);
        using var all = Scope.New();
        var (x, classes) = Plane.Moons(400, 0.15, seed: 4);
        var y = classes.To(DType.Float32).Unsqueeze(1); // [400, 1]
        using var net = new Sequential(new Linear(2, 24), new ReLU(), new Linear(24, 24), new ReLU(), new Linear(24, 1), new Sigmoid());

        const double Lr = 0.5;
        for (var i = 0; i < 300; i++)
        {
            using var step = Scope.New();
            var loss = Loss.Bce(net.Forward(x), y);
            net.ZeroGrad();
            loss.Backward();
            using var noGrad = Autograd.NoGrad();
            foreach (var p in net.Parameters())
                p.SubInPlace(p.Grad! * Lr);
        }

        var (xTest, yTest) = Plane.Moons(400, 0.15, seed: 5);
        net.Eval();
        using var quiet = Autograd.NoGrad();
        var right = net.Forward(xTest).Squeeze(1).Gt(0.5).To(DType.Int64).Eq(yTest);
        Outcome.AtLeast("test accuracy", right.To(DType.Float32).Mean().Item<double>(), 0.94);
    }
}
