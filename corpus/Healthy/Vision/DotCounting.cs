using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class DotCounting
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "dot-counting-poisson",
        About = "fully convolutional net counts bright dots; Poisson likelihood without its constant, so the loss goes below zero",
        Half = Half.Report,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(102);
        var (images, counts) = Pictures.Dots(900, 14, most: 8, seed: 102);
        using var train = new TensorDataset(images, counts);
        var (moreImages, moreCounts) = Pictures.Dots(300, 14, most: 8, seed: 103);
        using var valid = new TensorDataset(moreImages, moreCounts);
        using var net = new Sequential(new Conv2d(1, 10, 3, padding: 1), new SiLU(), new Conv2d(10, 10, 1), new SiLU(), new Conv2d(10, 1, 1), new Softplus());
        using var adam = new Adam(net.Parameters(), 5e-3);
        var loader = new Loader(train, 30, seed: 102);
        var bestError = double.PositiveInfinity;
        for (var epoch = 0; epoch < 12; epoch++)
        {
            net.Train();
            foreach (var (x, n) in loader)
            {
                using var step = Scope.New();
                adam.ZeroGrad();
                var rate = net.Forward(x).Mean([1, 2, 3]) * 50 + 1e-3; // [N]
                var loss = (rate - n * rate.Log()).Mean();
                loss.Backward();
                adam.Step();
            }

            net.Eval();
            using var scope = Scope.New();
            using var noGrad = Autograd.NoGrad();
            var guess = net.Forward(valid.Inputs).Mean([1, 2, 3]) * 50 + 1e-3;
            bestError = Math.Min(bestError, (guess - valid.Targets).Abs().Mean().Item<double>());
        }
        Outcome.AtMost("mean absolute error of the count (2.2 for the mean)", bestError, 0.7);
    }
}
