using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class ShapesStridedSmoothing
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "shapes-strided-label-smoothing",
        About = "all-convolutional net, pictures mirrored at random, label smoothing so strong that the loss stays above 0.5; training accuracy in train mode beside it",
        Half = Half.Tune,
        Run = Run,
    };

    static Batch Mirror(Batch batch, Random random)
    {
        if (random.Next(2) == 0) return batch;
        return batch with { Inputs = batch.Inputs.Flip(3) };
    }

    static void Run()
    {
        Rng.Seed(40);
        using var all = Scope.New();
        var (images, kinds, _) = Pictures.Shapes(900, 20, 3, noise: 0.1, seed: 40);
        var (valImages, valKinds, _) = Pictures.Shapes(200, 20, 3, noise: 0.1, seed: 41);
        using var data = new TensorDataset(images, kinds);
        using var net = new Sequential(
            new Conv2d(1, 8, 3, stride: 2), new BatchNorm2d(8), new GELU(), new Conv2d(8, 16, 3, stride: 2), new BatchNorm2d(16), new GELU(), new Conv2d(16, 24, 3), new GELU(),
            new Flatten(), new Dropout(0.2), new Linear(96, 3));
        using var optimizer = new AdamW(net.Parameters(), lr: 5e-3, weightDecay: 0.05);
        var loader = new Loader(data, 50, seed: 40, transform: Mirror, prefetch: false);
        var correct = 0L;
        for (var epoch = 0; epoch < 16; epoch++)
        {
            correct = 0;
            foreach (var (x, y) in loader)
            {
                using var step = Scope.New();
                var logits = net.Forward(x);
                var loss = Loss.CrossEntropy(logits, y, labelSmoothing: 0.25);
                optimizer.ZeroGrad();
                loss.Backward();
                optimizer.Step();
                correct += logits.ArgMax(1).Eq(y).Sum().Item<long>();
            }
        }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtLeast("training accuracy", correct / 900.0, 0.85);
        Outcome.AtLeast("validation accuracy", net.Forward(valImages).ArgMax(1).Eq(valKinds).To(DType.Float32).Mean().Item<double>(), 0.88);
    }
}
