using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>(N, 1) minus (N) is (N, N), and what else the targets suffer.</summary>
static class Broadcasting
{
    public static CorpusProgram FlatTarget { get; } = Fault.Tune(
        "flat-target-raw-mse", "regression of dots; the output is [N, 1] and the target [N], squared by hand", FlatMse, ["PES306"]);

    public static CorpusProgram OwnTarget { get; } = Fault.Tune(
        "output-as-own-target", "forecast whose loss compares the prediction with itself, detached", Own, ["PES313"]);

    public static CorpusProgram ClassIdsAsNumbers { get; } = Fault.Tune(
        "mse-on-digit-ids", "ten digits as one number from 0 to 9, squared error, rounded", ClassIds, ["PES310"], also: ["PES101"]); // targets from 0 to 9 are not scaled either

    static double FlatMse(bool mended)
    {
        Rng.Seed(51);
        var (images, counts) = Pictures.Dots(500, 8, 6, seed: 2);
        using var net = new Mlp(64, 32, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var at = i * 50 % 400;
            var y = counts[at..(at + 50)];
            if (mended) y = y.Unsqueeze(1);
            var output = net.Forward(images[at..(at + 50)]);
            var loss = (output - y).Square().Mean();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, images[400..], counts[400..].Unsqueeze(1));
    }

    static double Own(bool mended)
    {
        Rng.Seed(52);
        var (past, next) = Series.Windows(Series.Waves(700, 0.05, seed: 3), 16);
        using var data = new TensorDataset(past[..550], next[..550]);
        using var net = new Sequential(new Linear(16, 24), new Tanh(), new Linear(24, 1));
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var epoch = 0; epoch < 12; epoch++)
            foreach (var (x, y) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                var output = net.Forward(x);
                var target = mended ? y : output.Detach();
                sgd.ZeroGrad();
                Loss.Mse(output, target).Backward();
                sgd.Step();
            }
        return Judge.SquaredError(net, past[550..], next[550..]);
    }

    static double ClassIds(bool mended)
    {
        Rng.Seed(53);
        var (x, y) = Digits.Load(0, 1300);
        var (xTest, yTest) = Digits.Load(1300, Digits.Count);
        using var net = new Mlp(64, 32, mended ? 10 : 1);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1300, [64]);
            var output = net.Forward(x.IndexSelect(0, rows));
            var labels = y.IndexSelect(0, rows);
            var loss = mended ? Loss.CrossEntropy(output, labels) : Loss.Mse(output, labels.To(DType.Float32).Unsqueeze(1));
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        if (mended) return Judge.ErrorRate(net, xTest, yTest);
        using var quiet = Autograd.NoGrad();
        return net.Forward(xTest).Squeeze(1).Round().Ne(yTest).To(DType.Float32).Mean().Item<float>();
    }
}
