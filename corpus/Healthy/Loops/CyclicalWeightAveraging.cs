using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class CyclicalWeightAveraging
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "spirals-cyclical-rate-swa",
        About = "triangular learning rate (Smith 2017); weights at the end of each cycle are averaged (SWA) and batch norm is run anew over the training set without a step",
        Half = Half.Report,
        Run = Run,
    };

    static Sequential Net() => new(
        new Linear(2, 60), new BatchNorm1d(60), new ReLU(),
        new Linear(60, 60), new BatchNorm1d(60), new ReLU(),
        new Linear(60, 2));

    static void Run()
    {
        Rng.Seed(142);
        using var all = Scope.New();
        var (points, arms) = Plane.Spirals(1200, 2, 0.2, seed: 142);
        using var train = new TensorDataset(points[..900].Clone(), arms[..900].Clone());
        using Sequential net = Net(), average = Net();
        using var sgd = new SGD(net.Parameters(), lr: 0.01, momentum: 0.9);
        var loader = new Loader(train, 90, seed: 142, dropLast: true);
        const int Cycle = 60;
        int step = 0, averaged = 0;
        for (var epoch = 0; epoch < 36; epoch++)
            foreach (var (x, y) in loader)
            {
                using var scope = Scope.New();
                var place = step % Cycle / (double)Cycle;
                sgd.LearningRate = 0.01 + 0.14 * (1 - Math.Abs(2 * place - 1));
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                sgd.Step();
                if (++step % Cycle == 0)
                {
                    using var noGrad = Autograd.NoGrad();
                    averaged++;
                    foreach (var (mine, theirs) in average.Parameters().Zip(net.Parameters())) mine.LerpInPlace(theirs, 1.0 / averaged);
                }
            }

        using var quiet = Autograd.NoGrad();
        average.Train();
        for (var pass = 0; pass < 4; pass++)
            foreach (var (x, _) in loader)
                using (Scope.New())
                    average.Forward(x);
        average.Eval();
        Outcome.AtLeast("test accuracy of the average", average.Forward(points[900..]).ArgMax(1).Eq(arms[900..]).To(DType.Float32).Mean().Item<double>(), 0.9);
    }
}
