using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Memory.</summary>
static class Hoarding
{
    public static CorpusProgram KeptActivations { get; } = Fault.Tune(
        "activations-kept-for-plots", "the hidden activations of every step are kept in a static list", Kept, ["PES801"], harmless: true);

    public static CorpusProgram HugeLinear { get; } = Fault.Tune(
        "linear-layer-of-five-terabytes", "a picture of 2048x2048 is flattened into a linear layer of 100,000 units", Huge, ["PES802"]);

    static readonly List<Tensor> _plots = [];

    static double Kept(bool mended)
    {
        _plots.Clear();
        Rng.Seed(701);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var hidden = new Linear(64, 128);
        using var output = new Linear(128, 10);
        using var adam = new Adam([.. hidden.Parameters(), .. output.Parameters()], lr: 2e-3);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (images, labels) in new Loader(data, 60, seed: epoch))
            {
                using var scope = Scope.New();
                var h = Functional.Relu(hidden.Forward(images.Flatten(1)));
                if (!mended) _plots.Add(h.Detach().Clone().Keep());
                adam.ZeroGrad();
                Loss.CrossEntropy(output.Forward(h), labels).Backward();
                adam.Step();
            }
        Console.WriteLine($"{_plots.Count} activations kept");
        foreach (var plot in _plots) plot.Dispose();
        _plots.Clear();
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(output.Forward(Functional.Relu(hidden.Forward(xTest.Flatten(1)))), yTest);
    }

    static double Huge(bool mended)
    {
        Rng.Seed(702);
        var side = mended ? 16 : 2048;
        var (images, kinds, _) = Pictures.Shapes(300, 16, 2, 0.05, seed: 81);
        using var net = new Sequential(new Flatten(), new Linear(side * side * 3, mended ? 32 : 100_000), new ReLU(), new Linear(mended ? 32 : 100_000, 2));
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var x = images.Repeat(1, 3, 1, 1);
        for (var i = 0; i < 60; i++)
        {
            using var scope = Scope.New();
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), kinds).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x, kinds);
    }
}
