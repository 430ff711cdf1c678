using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>What the optimizer holds, and when it steps.</summary>
static class Wiring
{
    public static CorpusProgram OnlyHead { get; } = Fault.Tune(
        "optimizer-over-head-only", "LeNet on digits; the optimizer was given the last layer only", HeadOnly, ["PES503"]);

    public static CorpusProgram NetworkRemade { get; } = Fault.Tune(
        "network-made-again-after-optimizer", "the optimizer was made for a network that is then replaced", Remade, ["PES504", "PES503"]); // the network in use is in no optimizer

    public static CorpusProgram ForgottenFreeze { get; } = Fault.Tune(
        "hidden-layers-left-frozen", "hidden layers frozen for a warm-up of the head and never thawed", Frozen, ["PES509"]);

    public static CorpusProgram NoStep { get; } = Fault.Tune(
        "no-optimizer-step", "backward in every iteration, and the step was commented out", WithoutStep, ["PES510"], also: ["PES404"]); // gradients pile up as well: nothing clears them

    public static CorpusProgram RemadeEachStep { get; } = Fault.Tune(
        "momentum-optimizer-in-the-loop", "SGD with a momentum of 0.99 is constructed anew at each step", InTheLoop, ["PES511"]);

    public static CorpusProgram BiasMinusTen { get; } = Fault.Tune(
        "relu-bias-minus-ten", "biases of the hidden layer start at -10: no ReLU is ever active", MinusTen, ["PES506"], also: ["PES210", "PES402"]); // an initialization out of scale; no gradient passes

    public static CorpusProgram SaturatedTanh { get; } = Fault.Tune(
        "tanh-with-large-weights", "tanh units with weights of deviation 20 on a series: all at -1 or 1", Saturated, ["PES507", "PES210"]); // the start is what saturates them

    static double HeadOnly(bool mended)
    {
        Rng.Seed(401);
        var (x, y) = Digits.Load(0, 1000);
        using var data = new TensorDataset(x, y);
        using var net = new LeNet(10, 1, 8, 8);
        using var adam = new Adam(mended ? net.Parameters() : net.Fc3.Parameters(), lr: 2e-3);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (images, labels) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                net.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
        var (xTest, yTest) = Digits.Load(1000, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double Remade(bool mended)
    {
        Rng.Seed(402);
        var (points, moons) = Plane.Moons(600, 0.15, seed: 12);
        var net = new Mlp(2, 16, 2, depth: 2);
        using var sgd = new SGD(net.Parameters(), lr: 0.2, momentum: 0.9);
        if (!mended) net = new Mlp(2, 32, 2, depth: 2);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 480, [48]);
            var loss = Loss.CrossEntropy(net.Forward(points.IndexSelect(0, rows)), moons.IndexSelect(0, rows));
            net.ZeroGrad();
            loss.Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, points[480..], moons[480..]);
    }

    static double Frozen(bool mended)
    {
        Rng.Seed(403);
        var (x, y) = Tables.Quadratic(1000, 6, 4, seed: 61);
        using var body = new Sequential(new Linear(6, 8), new Tanh(), new Linear(8, 8), new Tanh());
        using var head = new Linear(8, 4);
        using var adam = new Adam([.. body.Parameters(), .. head.Parameters()], lr: 0.01);
        body.RequiresGrad(false);
        for (var step = 0; step < 350; step++)
        {
            if (step == 20 && mended) body.RequiresGrad(true);
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 800, [64]);
            adam.ZeroGrad();
            Loss.CrossEntropy(head.Forward(body.Forward(x.IndexSelect(0, rows))), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(head.Forward(body.Forward(x[800..])), y[800..]);
    }

    static double WithoutStep(bool mended)
    {
        Rng.Seed(404);
        var (images, counts) = Pictures.Dots(500, 8, 6, seed: 41);
        var y = counts.Unsqueeze(1) / 6;
        using var net = new Mlp(64, 24, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var step = 0; step < 120; step++)
        {
            using var scope = Scope.New();
            var at = step * 40 % 400;
            var loss = Loss.Mse(net.Forward(images[at..(at + 40)]), y[at..(at + 40)]);
            loss.Backward();
            if (mended)
            {
                adam.Step();
                adam.ZeroGrad();
            }
        }
        return Judge.SquaredError(net, images[400..], y[400..]);
    }

    static double InTheLoop(bool mended)
    {
        Rng.Seed(405);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 32, 10);
        var optimizer = new SGD(net.Parameters(), lr: 1e-3, momentum: 0.99);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (images, labels) in new Loader(data, 60, seed: epoch))
            {
                using var scope = Scope.New();
                if (!mended) optimizer = new SGD(net.Parameters(), lr: 1e-3, momentum: 0.99);
                optimizer.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                optimizer.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double MinusTen(bool mended)
    {
        Rng.Seed(406);
        var (x, y) = Tables.Smooth(800, 6, 0.1, seed: 62);
        var hidden = new Linear(6, 48);
        if (!mended) Init.Constant(hidden.Bias!, -10);
        using var net = new Sequential(hidden, new ReLU(), new Linear(48, 1));
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 640, [40]);
            sgd.ZeroGrad();
            Loss.Mse(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            sgd.Step();
        }
        return Judge.SquaredError(net, x[640..], y[640..]);
    }

    static double Saturated(bool mended)
    {
        Rng.Seed(407);
        var (past, next) = Series.Windows(Series.MackeyGlass(800, seed: 11), 10);
        var layers = new Linear[] { new(10, 32), new(32, 32), new(32, 1) };
        foreach (var layer in layers[..2])
            if (mended) Init.GlorotNormal(layer.Weight);
            else Init.Normal(layer.Weight, std: 20);
        using var net = new Sequential(layers[0], new Tanh(), layers[1], new Tanh(), layers[2]);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 640, [40]);
            adam.ZeroGrad();
            Loss.Mse(net.Forward(past.IndexSelect(0, rows)), next.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, past[640..], next[640..]);
    }
}
