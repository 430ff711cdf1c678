using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>What is added to the loss, how it is reduced, and where it starts.</summary>
static class Penalties
{
    public static CorpusProgram HandWrittenL2 { get; } = Fault.Tune(
        "l2-penalty-dominates", "MLP on digits with the squared weights added to the loss, times one", L2, ["PES314"], also: ["PES508"]); // it is weight decay by another name

    public static CorpusProgram SummedDigits { get; } = Fault.Tune(
        "summed-cross-entropy", "cross-entropy summed over the batch, with a learning rate made small for it", Summed, ["PES312"], harmless: true);

    public static CorpusProgram LogSoftmaxBefore { get; } = Fault.Tune(
        "log-softmax-module-cross-entropy", "LogSoftmax before cross-entropy: once too often, and no harm", LogSoftmaxTwice, ["PES303"], harmless: true);

    public static CorpusProgram WrongPrior { get; } = Fault.Tune(
        "output-bias-of-wrong-class", "the output bias starts at 60 for a class that is rare", Prior, ["PES311"], also: ["PES210"]); // an initialization out of scale

    public static CorpusProgram GrowingTotal { get; } = Fault.Tune(
        "total-of-losses-with-graph", "an MLP that adds up its losses as tensors to print their mean at the end", Total, ["PES315"], also: ["PES801"], harmless: true); // memory grows by it

    static double L2(bool mended)
    {
        Rng.Seed(91);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        var lambda = mended ? 1e-5 : 1.0;
        using var net = new Mlp(64, 40, 10);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1200, [64]);
            var loss = Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows));
            foreach (var p in net.Parameters()) loss += lambda * p.Square().Sum();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double Summed(bool mended)
    {
        Rng.Seed(92);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 40, 10);
        using var sgd = new SGD(net.Parameters(), lr: mended ? 0.2 : 0.2 / 60);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (images, labels) in new Loader(data, 60, seed: epoch))
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(images), labels, reduction: mended ? Reduction.Mean : Reduction.Sum);
                sgd.ZeroGrad();
                loss.Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double LogSoftmaxTwice(bool mended)
    {
        Rng.Seed(93);
        var (x, y) = Tables.Quadratic(900, 5, 3, seed: 6);
        Module last = mended ? new Identity() : new LogSoftmax(1);
        using var net = new Sequential(new Linear(5, 40), new ReLU(), new Linear(40, 3), last);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 700, [64]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[700..], y[700..]);
    }

    static double Prior(bool mended)
    {
        Rng.Seed(94);
        var (x, y) = Digits.Load(0, 1300);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 32, 10);
        if (!mended)
        {
            var bias = new float[10];
            bias[7] = 60;
            using var quiet = Autograd.NoGrad();
            ((Linear)net.Layers[^1]).Bias!.CopyInPlace(Tensor.From(bias));
        }
        using var sgd = new SGD(net.Parameters(), lr: 0.05);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (images, labels) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(images), labels);
                sgd.ZeroGrad();
                loss.Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1300, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double Total(bool mended)
    {
        Rng.Seed(95);
        var (x, y) = Tables.Smooth(800, 8, 0.1, seed: 6);
        using var net = new Mlp(8, 64, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        var total = Tensor.Scalar(0);
        for (var step = 0; step < 250; step++)
        {
            var at = step * 80 % 640;
            var loss = Loss.Mse(net.Forward(x[at..(at + 80)]), y[at..(at + 80)]);
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
            total += mended ? loss.Detach() : loss;
        }
        Console.WriteLine($"mean loss {total.Item<float>() / 250}");
        return Judge.SquaredError(net, x[640..], y[640..]);
    }
}
