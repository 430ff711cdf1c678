using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class RareDefects
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "rare-defects-weighted",
        About = "one positive in sixteen, made up for by a weight on positives; judged by recall and by precision rather than by accuracy",
        Half = Half.Tune,
        Run = Run,
    };

    static (Tensor X, Tensor Y) Parts(int count, int seed)
    {
        var random = new Random(seed);
        var x = new float[count, 9];
        var y = new float[count];
        for (var i = 0; i < count; i++)
        {
            y[i] = random.Next(16) == 0 ? 1 : 0;
            for (var j = 0; j < 9; j++) x[i, j] = (float)Data.RandomExtensions.Gaussian(random);
            // A defect shows in the product of the first two, and a little in the fourth.
            if (y[i] > 0)
            {
                x[i, 1] = (float)(Math.Sign(x[i, 0]) * (1.2 + 0.4 * Math.Abs(x[i, 1])));
                x[i, 0] += Math.Sign(x[i, 0]);
                x[i, 3] += 1.5f;
            }
        }
        return (Tensor.From(x), Tensor.From(y, count, 1));
    }

    static void Run()
    {
        Rng.Seed(28);
        using var all = Scope.New();
        var (x, y) = Parts(3200, 28);
        var (tx, ty) = Parts(1600, 29);
        using var net = new Mlp(9, 48, 1, depth: 2);
        using var optimizer = new Adam(net.Parameters(), 3e-3, weightDecay: 1e-4);
        var weight = Tensor.From([(float)((1 - y.Mean().Item<double>()) / y.Mean().Item<double>())]);
        for (var epoch = 0; epoch < 10; epoch++)
        {
            net.Train();
            foreach (var rows in Tensor.RandPerm(3200).Chunk(40))
            {
                using var step = Scope.New();
                optimizer.ZeroGrad();
                var loss = Loss.BceWithLogits(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows), positiveWeight: weight);
                loss.Backward();
                optimizer.Step();
            }
        }

        net.Eval();
        using var quiet = Autograd.NoGrad();
        var said = net.Forward(tx).Gt(0).To(DType.Float32);
        var hits = (said * ty).Sum().Item<double>();
        Outcome.AtLeast("recall", hits / ty.Sum().Item<double>(), 0.8);
        Outcome.AtLeast("precision (1 in 16 by chance)", hits / said.Sum().Item<double>(), 0.3);
    }
}
