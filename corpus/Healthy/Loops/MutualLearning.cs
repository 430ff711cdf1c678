using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class MutualLearning
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "shapes-deep-mutual-learning",
        About = "two different nets teach each other (Zhang 2018): each imitates the other's detached soft output as well as the label; two optimizers",
        Half = Half.Report,
        Run = Run,
    };

    static Tensor Objective(Tensor mine, Tensor other, Tensor labels)
    {
        var imitate = Loss.KlDivergence(Functional.LogSoftmax(mine, 1), Functional.LogSoftmax(other.Detach(), 1), logTarget: true);
        return Loss.CrossEntropy(mine, labels) + 0.5 * imitate;
    }

    static void Run()
    {
        Rng.Seed(145);
        using var all = Scope.New();
        var (images, kinds, _) = Pictures.Shapes(1600, 12, 3, noise: 0.1, seed: 145);
        using var flat = new Sequential(new Flatten(), new Linear(144, 64), new ReLU(), new Linear(64, 3));
        using var conv = new Sequential(new Conv2d(1, 12, 3, stride: 2), new ReLU(), new Conv2d(12, 16, 3), new ReLU(), new Flatten(), new Linear(144, 3));
        using var flatOptimizer = new Adam(flat.Parameters(), 1e-3);
        using var convOptimizer = new AdamW(conv.Parameters(), 4e-3);
        for (var epoch = 0; epoch < 18; epoch++)
            foreach (var rows in Tensor.RandPerm(1400).Split(56))
            {
                using var step = Scope.New();
                var (x, y) = (images.IndexSelect(0, rows), kinds.IndexSelect(0, rows));
                var (a, b) = (flat.Forward(x), conv.Forward(x));
                flatOptimizer.ZeroGrad();
                Objective(a, b, y).Backward();
                flatOptimizer.Step();
                convOptimizer.ZeroGrad();
                Objective(b, a, y).Backward();
                convOptimizer.Step();
            }

        flat.Eval();
        conv.Eval();
        using var noGrad = Autograd.NoGrad();
        double Accuracy(Module net) => net.Forward(images[1400..]).ArgMax(1).Eq(kinds[1400..]).To(DType.Float32).Mean().Item<double>();
        Outcome.AtLeast("test accuracy of the conv net", Accuracy(conv), 0.85);
        Outcome.AtLeast("test accuracy of the flat net", Accuracy(flat), 0.7);
    }
}
