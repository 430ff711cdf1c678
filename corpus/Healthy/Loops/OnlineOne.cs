using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class OnlineOne
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "moons-one-example-at-a-time",
        About = "plain SGD on batches of a single point: the loss of a step jumps about while its mean falls",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(25);
        using var all = Scope.New();
        var (x, y) = Plane.Moons(500, 0.18, seed: 25);
        var (tx, ty) = Plane.Moons(500, 0.18, seed: 26);
        using var net = new Sequential(new Linear(2, 32), new ReLU(), new Linear(32, 2));
        using var sgd = new SGD(net.Parameters(), lr: 0.03);
        double running = 0.69;
        for (var epoch = 0; epoch < 4; epoch++)
            foreach (var i in Torch.Data.Shuffle.Permutation(500, 25, epoch))
            {
                using var step = Scope.New();
                sgd.ZeroGrad();
                var loss = Loss.CrossEntropy(net.Forward(x.Narrow(0, i, 1)), y.Narrow(0, i, 1));
                loss.Backward();
                sgd.Step();
                running += 0.01 * (loss.Item<double>() - running);
            }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtMost("running loss", running, 0.3);
        Outcome.AtLeast("test accuracy", net.Forward(tx).ArgMax(1).Eq(ty).To(DType.Float32).Mean().Item<double>(), 0.9);
    }
}
