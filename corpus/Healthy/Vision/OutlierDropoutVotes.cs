using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class OutlierDropoutVotes
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-dropout-votes",
        About = "conv net on digits 0 to 6; twenty passes with dropout on tell by their disagreement that 7 to 9 were never seen",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Net : Module
    {
        public Conv2d Conv { get; } = new(1, 16, 3);
        public Dropout Drop1 { get; } = new(0.25);
        public Linear Hidden { get; } = new(16 * 9, 64);
        public Dropout Drop2 { get; } = new(0.4);
        public Linear Out { get; } = new(64, 7);

        protected override Tensor Compute(Tensor x)
        {
            var h = Functional.MaxPool2d(Functional.Relu(Conv.Forward(x)), 2); // [N, 16, 3, 3]
            return Out.Forward(Drop2.Forward(Functional.Relu(Hidden.Forward(Drop1.Forward(h.Flatten(1))))));
        }
    }

    static Tensor Entropy(Net net, Tensor x)
    {
        // Dropout is wanted here.
        net.Train();
        using var noGrad = Autograd.NoGrad();
        var p = Tensor.Stack([.. Enumerable.Range(0, 20).Select(_ => Functional.Softmax(net.Forward(x), 1))]).Mean(0);
        return -(p * (p + 1e-9).Log()).Sum(1);
    }

    static void Run()
    {
        Rng.Seed(146);
        using var all = Scope.New();
        var (x, y) = Digits.Only(0, 6, 0, 1300);
        using var train = new TensorDataset(x, y);
        using var net = new Net();
        using var optimizer = new Adam(net.Parameters(), 2e-3);
        var loader = new Loader(train, 32, seed: 146);
        for (var epoch = 0; epoch < 8; epoch++)
        {
            net.Train();
            foreach (var (images, labels) in loader)
            {
                using var step = Scope.New();
                optimizer.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                optimizer.Step();
            }
        }

        var (known, knownLabels) = Digits.Only(0, 6, 1300, Digits.Count);
        var (unknown, _) = Digits.Only(7, 9, 1300, Digits.Count);
        net.Eval();
        using (Autograd.NoGrad())
            Outcome.AtLeast("test accuracy", net.Forward(known).ArgMax(1).Eq(knownLabels).To(DType.Float32).Mean().Item<double>(), 0.95);
        var ratio = Entropy(net, unknown).Mean().Item<double>() / Entropy(net, known).Mean().Item<double>();
        Outcome.AtLeast("entropy on unknown digits over that on known ones", ratio, 2);
    }
}
