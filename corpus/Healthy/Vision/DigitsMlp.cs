using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class DigitsMlp
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-mlp",
        About = "two-layer MLP on handwritten digits, Adam; some border pixels are constant",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(1);
        var (trainImages, trainLabels) = Digits.Load(0, 1300);
        var (testImages, testLabels) = Digits.Load(1300, Digits.Count);
        using var train = new TensorDataset(trainImages, trainLabels);
        using var test = new TensorDataset(testImages, testLabels);

        using var net = new Sequential(new Flatten(), new Linear(64, 96), new ReLU(), new Linear(96, 10));
        using var optimizer = new Adam(net.Parameters(), lr: 3e-3);
        var loader = new Loader(train, batchSize: 64, seed: 1);
        var accuracy = 0.0;
        for (var epoch = 0; epoch < 10; epoch++)
        {
            net.Train();
            foreach (var (x, y) in loader)
            {
                using var step = Scope.New();
                optimizer.ZeroGrad();
                var loss = Loss.CrossEntropy(net.Forward(x), y);
                loss.Backward();
                optimizer.Step();
            }
            accuracy = Evaluate(net, new Loader(test, 256, shuffle: false));
        }
        Outcome.AtLeast("test accuracy", accuracy, 0.93);
    }

    static double Evaluate(Module net, Loader loader)
    {
        net.Eval();
        using var quiet = Autograd.NoGrad();
        long right = 0, all = 0;
        foreach (var (x, y) in loader)
        {
            using var scope = Scope.New();
            right += net.Forward(x).ArgMax(1).Eq(y).Sum().Item<long>();
            all += y.Numel;
        }
        return (double)right / all;
    }
}
