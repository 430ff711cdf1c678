using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class ShapesRestarts
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "shapes-resnet-warm-restarts",
        About = "residual conv net (the last batch norm of each branch starts at gain zero) with label smoothing and cosine warm restarts",
        Half = Half.Report,
        Run = Run,
    };

    sealed record CosineRestarts(int Period) : Schedule
    {
        public override double RateAt(int step, double initial) => initial * (1 + Math.Cos(Math.PI * (step % Period) / Period)) / 2;
    }

    sealed class Residual : Module
    {
        readonly Conv2d _conv1, _conv2;
        readonly BatchNorm2d _norm1, _norm2;

        public Residual(int channels)
        {
            _conv1 = new(channels, channels, 3, padding: 1, bias: false);
            _norm1 = new(channels);
            _conv2 = new(channels, channels, 3, padding: 1, bias: false);
            _norm2 = new(channels);
            Init.Zeros(_norm2.Weight!);
        }

        protected override Tensor Compute(Tensor x)
        {
            var branch = _norm2.Forward(_conv2.Forward(Functional.Relu(_norm1.Forward(_conv1.Forward(x)))));
            return Functional.Relu(x + branch);
        }
    }

    static void Run()
    {
        Rng.Seed(104);
        using var all = Scope.New();
        var (images, kinds, _) = Pictures.Shapes(700, 14, 4, noise: 0.15, seed: 104);
        var (testImages, testKinds, _) = Pictures.Shapes(300, 14, 4, noise: 0.15, seed: 105);
        using var train = new TensorDataset(images, kinds);
        using var test = new TensorDataset(testImages, testKinds);
        using var net = new Sequential(
            new Conv2d(1, 12, 3, stride: 2, padding: 1), new ReLU(),
            new Residual(12), new Residual(12),
            new AdaptiveAvgPool2d(2), new Flatten(), new Linear(48, 4));
        using var sgd = new SGD(net.Parameters(), lr: 0.08, momentum: 0.9, nesterov: true, weightDecay: 1e-4);
        var loader = new Loader(train, 35, seed: 104);
        var rate = new Scheduler(sgd, new CosineRestarts(4 * loader.Count));
        for (var epoch = 0; epoch < 12; epoch++)
            foreach (var (x, y) in loader)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y, labelSmoothing: 0.1).Backward();
                sgd.Step();
                rate.Step();
            }

        using var end = Scope.New();
        using var noGrad = Autograd.NoGrad();
        net.Eval();
        Outcome.AtLeast("test accuracy", net.Forward(test.Inputs).ArgMax(1).Eq(test.Targets).To(DType.Float32).Mean().Item<double>(), 0.85);
    }
}
