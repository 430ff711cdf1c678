using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class MirroredDigitsAdapters
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "mirrored-digits-low-rank-adapters",
        About = "a trained net is frozen and adapted to mirrored digits by low-rank updates of its weights (LoRA); one factor of each starts at zero",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Adapted(Linear frozen, int rank) : Module
    {
        public Linear Frozen { get; } = frozen;
        public Tensor A { get; } = Init.HeUniform(Init.Parameter(rank, frozen.InFeatures), Math.Sqrt(5));
        public Tensor B { get; } = Init.Zeros(Init.Parameter(frozen.OutFeatures, rank));

        protected override Tensor Compute(Tensor x) => Frozen.Forward(x) + 2 * x.MatMul(A.T()).MatMul(B.T());
    }

    static double Accuracy(Module net, Tensor x, Tensor y)
    {
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        return net.Forward(x).ArgMax(1).Eq(y).To(DType.Float32).Mean().Item<double>();
    }

    static void Fit(Module net, IEnumerable<Tensor> parameters, Tensor x, Tensor y, int steps)
    {
        using var optimizer = new AdamW(parameters, lr: 4e-3, weightDecay: 0);
        net.Train();
        for (var i = 0; i < steps; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, x.Size(0), [48]);
            optimizer.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            optimizer.Step();
        }
    }

    static void Run()
    {
        Rng.Seed(108);
        using var all = Scope.New();
        var (x, y) = Digits.Load(0, 1000);
        var (testX, testY) = Digits.Load(1000, Digits.Count);
        Linear first = new(64, 80), second = new(80, 10);
        using var plain = new Sequential(new Flatten(), first, new Tanh(), second);
        Fit(plain, plain.Parameters(), x, y, 250);

        plain.RequiresGrad(false);
        using var adapted = new Sequential(new Flatten(), new Adapted(first, 6), new Tanh(), new Adapted(second, 6));
        var before = Accuracy(adapted, testX.Flip(3), testY);
        Fit(adapted, adapted.Parameters().Where(p => p.RequiresGrad), x.Flip(3), y, 350);
        Outcome.AtMost("accuracy on mirrored digits before", before, 0.6);
        Outcome.AtLeast("accuracy on mirrored digits after", Accuracy(adapted, testX.Flip(3), testY), 0.85);
        Outcome.AtLeast("accuracy of the frozen net on digits", Accuracy(plain, testX, testY), 0.9);
    }
}
