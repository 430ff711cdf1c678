using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>The objective is ascended.</summary>
static class Directions
{
    public static CorpusProgram NegatedCrossEntropy { get; } = Fault.Tune(
        "negated-cross-entropy", "MLP on digits, SGD; the loss is negated, as for a likelihood", Negated, ["PES308"]);

    public static CorpusProgram AddedGradient { get; } = Fault.Tune(
        "added-gradient", "linear regression by hand; the update adds the gradient", Added, ["PES308"]);

    static double Negated(bool mended)
    {
        Rng.Seed(1);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        using var train = new TensorDataset(x, y);
        using var net = new Mlp(64, 32, 10);
        using var optimizer = new SGD(net.Parameters(), lr: 0.05);
        var loader = new Loader(train, 64);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (images, labels) in loader)
            {
                using var scope = Scope.New();
                optimizer.ZeroGrad();
                var likelihood = Loss.CrossEntropy(net.Forward(images), labels);
                var loss = mended ? likelihood : -likelihood;
                loss.Backward();
                optimizer.Step();
            }
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double Added(bool mended)
    {
        var (x, y) = Tables.Smooth(600, 6, 0.1, seed: 3);
        using var w = Tensor.Zeros([6, 1]).RequireGrad();
        using var b = Tensor.Zeros([1]).RequireGrad();
        const double Rate = 0.05;
        var last = double.NaN;
        for (var step = 0; step < 80; step++)
        {
            using var scope = Scope.New();
            var error = x.MatMul(w) + b - y;
            var loss = error.Square().Mean();
            loss.Backward();
            last = loss.Item<float>();
            using var quiet = Autograd.NoGrad();
            foreach (var p in new[] { w, b })
            {
                p.AddInPlace(p.Grad!, mended ? -Rate : Rate);
                p.Grad = null;
            }
        }
        return last;
    }
}
