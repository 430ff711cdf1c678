using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class DeepReluHe
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "deep-relu-he",
        About = "twelve ReLU layers with He weights and clipped gradients, no normalization",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(34);
        using var all = Scope.New();
        var (x, y) = Data.Tables.Quadratic(2600, 6, 4, seed: 34);
        using var net = new Mlp(6, 48, 4, depth: 12, init: InitScheme.He);
        using var adam = new Adam(net.Parameters(), 1.5e-3);
        for (var epoch = 0; epoch < 12; epoch++)
        {
            net.Train();
            foreach (var rows in Tensor.RandPerm(2000).Split(50))
            {
                using var step = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
                GradientClip.ByNorm(net.Parameters(), 2);
                adam.Step();
            }
        }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        var accuracy = net.Forward(x[2000..]).ArgMax(1).Eq(y[2000..]).To(DType.Float32).Mean().Item<double>();
        Outcome.AtLeast("test accuracy", accuracy, 0.85);
    }
}
