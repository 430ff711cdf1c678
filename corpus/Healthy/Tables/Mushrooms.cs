using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class Mushrooms
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "mushrooms-one-hot-batches-of-two",
        About = "categorical columns, one-hot, so rows often repeat; the smell nearly decides; classes 1 and 2 are mapped to 0 and 1; batches of two",
        Half = Half.Report,
        Run = Run,
    };

    static readonly int[] _levels = [5, 3, 4, 2];

    static void Run()
    {
        Rng.Seed(113);
        using var all = Scope.New();
        var (columns, edible) = Collect(800);
        var x = Tensor.Cat([.. _levels.Select((n, j) => columns.Select(1, j).OneHot(n))], 1).To(DType.Float32); // [N, 14]
        var y = edible.Eq(2).To(DType.Int64);
        using var model = new Sequential(new Linear(14, 16), new Tanh(), new Linear(16, 2));
        using var optimizer = new SGD(model.Parameters(), lr: 0.1);
        foreach (var pair in Enumerable.Range(0, 4).SelectMany(_ => Tensor.RandPerm(600).Split(2)))
        {
            using var step = Scope.New();
            optimizer.ZeroGrad();
            var loss = Loss.CrossEntropy(model.Forward(x.Index(pair)), y.Index(pair));
            loss.Backward();
            optimizer.Step();
        }
        model.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtLeast("test accuracy", model.Forward(x[600..]).ArgMax(1).Eq(y[600..]).To(DType.Float32).Mean().Item<double>(), 0.92);
    }

    static (Tensor Columns, Tensor Classes) Collect(int count)
    {
        var random = new Random(113);
        var columns = new long[count, 4];
        var classes = new long[count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < 4; j++) columns[i, j] = random.Next(_levels[j]);
            // Smells 0 and 1 are safe, 2 and 3 are not; with smell 4 the cap and the gills tell.
            var safe = columns[i, 0] switch { < 2 => true, 4 => columns[i, 1] == 1 == (columns[i, 3] == 0), _ => false };
            classes[i] = (random.Next(40) == 0 ? !safe : safe) ? 2 : 1;
        }
        return (Tensor.From(columns), Tensor.From(classes));
    }
}
