using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class DigitsOneCycle
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-conv-one-cycle",
        About = "small conv net with batch norm on digits; SGD with momentum under a one-cycle learning rate, stepped once per batch",
        Half = Half.Tune,
        Run = () => Outcome.AtLeast("test accuracy", Train(epochs: 5, peak: 0.15), 0.94),
    };

    sealed class ConvNet : Module
    {
        public Conv2d Conv1 { get; } = new(1, 12, 3, padding: 1, bias: false);
        public BatchNorm2d Bn1 { get; } = new(12);
        public Conv2d Conv2 { get; } = new(12, 24, 3, padding: 1, bias: false);
        public BatchNorm2d Bn2 { get; } = new(24);
        public Linear Head { get; } = new(24, 10);

        protected override Tensor Compute(Tensor x)
        {
            x = Functional.MaxPool2d(Functional.Relu(Bn1.Forward(Conv1.Forward(x))), 2); // [N, 12, 4, 4]
            x = Functional.Relu(Bn2.Forward(Conv2.Forward(x))); // [N, 24, 4, 4]
            return Head.Forward(x.Mean([2, 3])); // [N, 10]
        }
    }

    static double Train(int epochs, double peak)
    {
        Rng.Seed(11);
        var (x, y) = Digits.Load(0, 1400);
        using var data = new TensorDataset(x, y);
        var batches = new Loader(data, 50, seed: 11, dropLast: true);
        using var net = new ConvNet();
        using var sgd = new SGD(net.Parameters(), peak, momentum: 0.9, weightDecay: 5e-4);
        var schedule = new Scheduler(sgd, new OneCycleLR(epochs * batches.Count));
        for (var epoch = 0; epoch < epochs; epoch++)
            foreach (var (images, labels) in batches)
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(images), labels);
                sgd.ZeroGrad();
                loss.Backward();
                sgd.Step();
                schedule.Step();
            }

        using var end = Scope.New();
        using var noGrad = Autograd.NoGrad();
        net.Eval();
        var (testX, testY) = Digits.Load(1400, Digits.Count);
        return net.Forward(testX).ArgMax(1).Eq(testY).To(DType.Float32).Mean().Item<double>();
    }
}
