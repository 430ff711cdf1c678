using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Steps that are too long or too short.</summary>
static class Steps
{
    public static CorpusProgram SgdTen { get; } = Fault.Tune(
        "sgd-rate-ten", "LeNet on digits, SGD with a learning rate of 10", Ten, ["PES501"], also: ["PES301", "PES403", "PES506"]); // it overflows, or leaves dead units behind

    public static CorpusProgram AdamOne { get; } = Fault.Tune(
        "adam-rate-one", "regression with Adam at a learning rate of 1", One, ["PES501"], also: ["PES506", "PES507"]); // the first steps drive units out of their range

    public static CorpusProgram Oscillating { get; } = Fault.Tune(
        "rate-just-above-stable", "linear regression by gradient descent just above the largest stable rate", JustAbove, ["PES501"], also: ["PES403"]); // gradients grow with the weights

    public static CorpusProgram TinySgd { get; } = Fault.Tune(
        "sgd-rate-one-millionth", "MLP on digits, SGD with a learning rate of 1e-6", Tiny, ["PES502"]);

    public static CorpusProgram PerBatchDecay { get; } = Fault.Tune(
        "step-schedule-per-batch", "StepLR(1, 0.5) made for epochs and stepped after each batch", PerBatch, ["PES505"]);

    public static CorpusProgram HugeDecay { get; } = Fault.Tune(
        "weight-decay-ten", "AdamW with a weight decay of 10 on shapes", Decay, ["PES508"]);

    static double Ten(bool mended)
    {
        Rng.Seed(111);
        var (x, y) = Digits.Load(0, 1280);
        using var data = new TensorDataset(x, y);
        using var net = new LeNet(10, 1, 8, 8);
        using var sgd = new SGD(net.Parameters(), lr: mended ? 0.1 : 10);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (images, labels) in new Loader(data, 64, seed: epoch))
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(images), labels);
                sgd.ZeroGrad();
                loss.Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1280, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double One(bool mended)
    {
        Rng.Seed(112);
        var (x, y) = Tables.Smooth(1000, 8, 0.1, seed: 2);
        using var net = new Mlp(8, 64, 1, depth: 2);
        using var adam = new Adam(net.Parameters(), lr: mended ? 1e-3 : 1.0);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 800, [100]);
            var loss = Loss.Mse(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows));
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, x[800..], y[800..]);
    }

    static double JustAbove(bool mended)
    {
        Rng.Seed(113);
        var (columns, prices) = Tables.Houses(400, seed: 3);
        var x = Tables.Standardize(Tensor.From(columns), 400);
        var y = Tables.Standardize(Tensor.From(prices, 400, 1), 400);
        using var net = new Linear(5, 1);
        using var sgd = new SGD(net.Parameters(), lr: mended ? 0.1 : 1.05);
        var last = 0.0;
        for (var step = 0; step < 120; step++)
        {
            using var scope = Scope.New();
            var loss = Loss.Mse(net.Forward(x), y);
            sgd.ZeroGrad();
            loss.Backward();
            sgd.Step();
            last = loss.Item<float>();
        }
        return last;
    }

    static double Tiny(bool mended)
    {
        Rng.Seed(114);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 64, 10);
        using var sgd = new SGD(net.Parameters(), lr: mended ? 0.2 : 1e-6, momentum: 0.5);
        var loader = new Loader(data, 40);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (images, labels) in loader)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double PerBatch(bool mended)
    {
        Rng.Seed(115);
        var (points, arms) = Plane.Spirals(1000, 3, 0.1, seed: 5);
        using var data = new TensorDataset(points[..800], arms[..800]);
        using var net = new Mlp(2, 64, 3, depth: 2);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        var scheduler = new Scheduler(adam, new StepLR(1, 0.5));
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in new Loader(data, 25, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                adam.Step();
                if (!mended) scheduler.Step();
            }
            if (mended && epoch > 5) scheduler.Step();
        }
        return Judge.ErrorRate(net, points[800..], arms[800..]);
    }

    static double Decay(bool mended)
    {
        Rng.Seed(116);
        var (images, bars) = Pictures.Bars(600, 6, 0.25, seed: 4);
        using var net = new Sequential(new Conv2d(1, 8, 3, padding: 1), new ReLU(), new Flatten(), new Linear(8 * 36, 12));
        using var optimizer = new AdamW(net.Parameters(), lr: 0.01, weightDecay: mended ? 0.01 : 10);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 500, [50]);
            var loss = Loss.BceWithLogits(net.Forward(images.IndexSelect(0, rows)), bars.IndexSelect(0, rows));
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        using var quiet = Autograd.NoGrad();
        return net.Forward(images[500..]).Gt(0).Ne(bars[500..]).To(DType.Float32).Mean().Item<float>();
    }
}
