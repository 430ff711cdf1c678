using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Nothing reaches the parameters from the loss.</summary>
static class WithoutGradient
{
    public static CorpusProgram ArgMaxLoss { get; } = Fault.Tune(
        "argmax-loss", "squared error between the class with the largest score and the label: backward has nothing to go through", ArgMax, ["PES309"]);

    public static CorpusProgram RewrappedOutput { get; } = Fault.Tune(
        "rewrapped-output", "the predictions are copied into an array and back into a tensor that requires gradients", Rewrapped, ["PES309", "PES405"]); // the copy is the cut

    static double ArgMax(bool mended)
    {
        Rng.Seed(71);
        var (x, y) = Digits.Only(0, 4, 0, 800);
        using var net = new LinearModel(64, 5);
        using var sgd = new SGD(net.Parameters(), lr: 0.2);
        for (var step = 0; step < 100; step++)
        {
            using var scope = Scope.New();
            var scores = net.Forward(x);
            var loss = mended
                ? Loss.CrossEntropy(scores, y)
                : Loss.Mse(scores.ArgMax(1).To(DType.Float32), y.To(DType.Float32));
            sgd.ZeroGrad();
            loss.Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, x, y);
    }

    static double Rewrapped(bool mended)
    {
        Rng.Seed(72);
        var (past, next) = Series.Windows(Series.MackeyGlass(600, seed: 2), 10);
        using var net = new Mlp(10, 30, 1);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 160; step++)
        {
            using var scope = Scope.New();
            var from = step * 40 % 480;
            var output = net.Forward(past[from..(from + 40)]);
            var clipped = output.ToArray<float>().Select(v => Math.Clamp(v, -5, 5)).ToArray();
            var prediction = mended ? output.Clamp(-5, 5) : Tensor.From(clipped, 40, 1).RequireGrad();
            var loss = Loss.Mse(prediction, next[from..(from + 40)]);
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, past[480..], next[480..]);
    }
}
