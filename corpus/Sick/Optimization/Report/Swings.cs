using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Steps that overshoot.</summary>
static class Swings
{
    public static CorpusProgram RmsSwings { get; } = Fault.Report(
        "rmsprop-rate-half", "a sigmoid autoencoder of bars with RMSprop at 0.5", Autoencoder, ["PES501"], also: ["PES507"]); // sigmoid units end saturated

    public static CorpusProgram SumOverPixels { get; } = Fault.Report(
        "sum-over-batch-and-pixels", "reconstruction error summed over pixels and pictures, plain SGD at 0.03", Pixels, ["PES501", "PES312"], also: ["PES301", "PES403", "PES401", "PES506"]); // it overflows, or leaves dead units behind

    static double Autoencoder(bool mended)
    {
        Rng.Seed(431);
        var (images, _) = Pictures.Bars(600, 6, 0.2, seed: 72);
        var x = images.Flatten(1);
        using var net = new Sequential(new Linear(36, 16), new Sigmoid(), new Linear(16, 36), new Sigmoid());
        using var rms = new RMSprop(net.Parameters(), lr: mended ? 0.01 : 0.5);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var batch = x.IndexSelect(0, Tensor.RandInt(0, 500, [50]));
            var loss = Loss.Mse(net.Forward(batch), batch);
            rms.ZeroGrad();
            loss.Backward();
            rms.Step();
        }
        return Judge.SquaredError(net, x[500..], x[500..]);
    }

    static double Pixels(bool mended)
    {
        Rng.Seed(432);
        var (images, _) = Digits.Load(0, 1100);
        using var net = new Sequential(new Conv2d(1, 8, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(128, 24), new ReLU(), new Linear(24, 64));
        using var sgd = new SGD(net.Parameters(), lr: 0.03);
        foreach (var i in Enumerable.Range(0, 150))
        {
            using var scope = Scope.New();
            var batch = images.IndexSelect(0, Tensor.RandInt(0, 1000, [50]));
            var error = (net.Forward(batch) - batch.Flatten(1)).Square().Sum();
            if (mended) error /= 50;
            sgd.ZeroGrad();
            error.Backward();
            sgd.Step();
        }
        return Judge.SquaredError(net, images[1000..], images[1000..].Flatten(1));
    }
}
