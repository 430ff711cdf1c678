using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Losses that are only numbers.</summary>
static class CutOff
{
    public static CorpusProgram AccuracyAsLoss { get; } = Fault.Report(
        "accuracy-as-loss", "one minus the accuracy as the loss of a spiral classifier", Accuracy, ["PES309", "PES310"]); // accuracy as a loss is both

    public static CorpusProgram ScalarFromItem { get; } = Fault.Report(
        "loss-from-item", "the losses of an autoencoder are summed as numbers and wrapped again for backward", FromItem, ["PES309"]);

    static double Accuracy(bool mended)
    {
        Rng.Seed(81);
        var (points, arms) = Plane.Spirals(500, 2, 0.05, seed: 8);
        using var net = new Mlp(2, 40, 2, depth: 2);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        foreach (var _ in Enumerable.Range(0, 200))
        {
            using var scope = Scope.New();
            var scores = net.Forward(points[..400]);
            Tensor loss;
            if (mended)
                loss = Loss.CrossEntropy(scores, arms[..400]);
            else
                loss = 1 - scores.ArgMax(1).Eq(arms[..400]).To(DType.Float32).Mean();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, points[400..], arms[400..]);
    }

    static double FromItem(bool mended)
    {
        Rng.Seed(82);
        var (x, _) = Digits.Load(0, 1000);
        var images = x.Flatten(1);
        using var encoder = new Linear(64, 12);
        using var decoder = new Linear(12, 64);
        using var optimizer = new Adam([.. encoder.Parameters(), .. decoder.Parameters()], lr: 0.01);
        Tensor Loss12(Tensor batch) => Loss.Mse(decoder.Forward(Functional.Tanh(encoder.Forward(batch))), batch);
        for (var i = 0; i < 100; i++)
        {
            using var scope = Scope.New();
            var first = Loss12(images[(i % 9 * 100)..(i % 9 * 100 + 50)]);
            var second = Loss12(images[(i % 9 * 100 + 50)..(i % 9 * 100 + 100)]);
            var loss = mended ? first + second : Tensor.Scalar(first.Item<float>() + second.Item<float>()).RequireGrad();
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Loss12(images[900..]).Item<float>();
    }
}
