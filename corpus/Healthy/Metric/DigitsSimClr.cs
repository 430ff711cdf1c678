using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Metric;

static class DigitsSimClr
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-simclr",
        About = "contrastive loss (NT-Xent) over two random views of each digit, without labels: every example is compared with the whole batch on purpose",
        Half = Half.Tune,
        Run = Run,
    };

    const double Temperature = 0.2;

    sealed class Encoder : Module
    {
        public Sequential Body { get; } = new(new Conv2d(1, 16, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(16, 32, 3, padding: 1), new ReLU(), new Flatten());
        public Sequential Projection { get; } = new(new Linear(512, 64), new BatchNorm1d(64), new ReLU(), new Linear(64, 32));

        protected override Tensor Compute(Tensor images) => Projection.Forward(Body.Forward(images));
    }

    static Tensor Augment(Tensor images, Random random)
    {
        var moved = images.Roll(random.Next(-1, 2), 2).Roll(random.Next(-1, 2), 3);
        var bright = 0.7 + 0.6 * Tensor.Rand([images.Size(0), 1, 1, 1]);
        return moved * bright + 0.1 * moved.RandnLike();
    }

    static Tensor NtXent(Tensor a, Tensor b)
    {
        var n = a.Size(0);
        var z = Tensor.Cat([a, b]);
        z = z / z.Norm(2, [1], keepDim: true);
        var similarity = z.MatMul(z.T()) / Temperature; // [2n, 2n]
        similarity = similarity.MaskedFill(Tensor.Eye(2 * n, dtype: DType.Bool), double.NegativeInfinity);
        return Loss.CrossEntropy(similarity, Tensor.Arange(2 * n).Roll(n, 0));
    }

    static void Run()
    {
        Rng.Seed(22);
        using var all = Scope.New();
        var random = new Random(22);
        var (images, labels) = Digits.Load(0, 1200);
        var (testImages, testLabels) = Digits.Load(1200, Digits.Count);
        using var encoder = new Encoder();
        using var optimizer = new Adam(encoder.Parameters(), 2e-3);
        var last = double.NaN;
        for (var epoch = 0; epoch < 9; epoch++)
            foreach (var rows in Tensor.RandPerm(1200).Split(100))
            {
                using var step = Scope.New();
                var batch = images.IndexSelect(0, rows);
                var loss = NtXent(encoder.Forward(Augment(batch, random)), encoder.Forward(Augment(batch, random)));
                optimizer.ZeroGrad();
                loss.Backward();
                optimizer.Step();
                last = loss.Item<double>();
            }

        encoder.Eval();
        using var noGrad = Autograd.NoGrad();
        var known = Unit(encoder.Body.Forward(images));
        var asked = Unit(encoder.Body.Forward(testImages));
        var nearest = asked.MatMul(known.T()).ArgMax(1);
        Outcome.AtMost("contrastive loss (ln 199 = 5.3 knows nothing)", last, 3.8);
        Outcome.AtLeast("accuracy of the nearest neighbour", labels.IndexSelect(0, nearest).Eq(testLabels).To(DType.Float32).Mean().Item<double>(), 0.93);
    }

    static Tensor Unit(Tensor x) => x / x.Norm(2, [1], keepDim: true);
}
