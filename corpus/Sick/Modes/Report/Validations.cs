using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Evaluations that go wrong, in other networks and other ways.</summary>
static class Validations
{
    public static CorpusProgram BatchStatistics { get; } = Fault.Report(
        "batch-norm-on-sorted-validation", "batch norm uses the statistics of validation batches, and these come sorted by class", BatchNormOn, ["PES601"]);

    public static CorpusProgram NeverBackToTrain { get; } = Fault.Report(
        "never-back-to-train", "after the first evaluation the network stays in evaluation mode", StaysInEval, ["PES602"]);

    public static CorpusProgram ArgMaxOfOneColumn { get; } = Fault.Report(
        "argmax-of-one-column", "the class of a network with one output is taken as argmax over that one column", OneColumn, ["PES603"]);

    public static CorpusProgram DividedTwice { get; } = Fault.Report(
        "mean-of-batches-divided-by-rows", "the mean accuracies of batches are summed and divided by the number of rows", DividedByRows, ["PES604"]);

    public static CorpusProgram PredictionsWithGraph { get; } = Fault.Report(
        "test-pass-records-a-graph", "a convolutional network's test pass with gradients on", TestWithGraph, ["PES605"], harmless: true);

    public static CorpusProgram WrongSlice { get; } = Fault.Report(
        "validation-is-the-head-of-training", "validation takes the first rows instead of the last ones", HeadSlice, ["PES606"], also: ["PES112"]); // its rows stand on both sides

    public static CorpusProgram TwoUnits { get; } = Fault.Report(
        "two-units-for-a-curved-surface", "a function of six inputs through two hidden units", Narrow, ["PES607"]);

    public static CorpusProgram NoiseByHeart { get; } = Fault.Report(
        "noise-by-heart", "fifty noisy rows and a network of 40,000 parameters trained until nothing is left", Noisy, ["PES608", "PES114"]); // too few examples, and so it overfits

    public static CorpusProgram LogitThreshold { get; } = Fault.Report(
        "metric-on-other-labels", "the loss is taken against the tag that is asked for, the accuracy against another", OtherTag, ["PES610"]);

    public static CorpusProgram RareKinds { get; } = Fault.Report(
        "three-rare-kinds", "four clouds that overlap, one of them with 94 percent of the points: the others are never answered", Rare, ["PES110", "PES611"]); // the skew is the cause, the constant answer what it does

    static double BatchNormOn(bool mended)
    {
        Rng.Seed(521);
        var (x, y) = Tables.Quadratic(1000, 8, 4, seed: 81);
        using var net = new Sequential(new Linear(8, 40), new BatchNorm1d(40), new ReLU(), new Linear(40, 40), new BatchNorm1d(40), new ReLU(), new Linear(40, 4));
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 800, [64]);
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            sgd.Step();
        }
        var order = y[800..].ArgSort() + Tensor.Full([], 800, DType.Int64);
        using var quiet = Autograd.NoGrad();
        if (mended) net.Eval();
        var wrong = 0.0;
        foreach (var rows in order.Split(20)) wrong += net.Forward(x.IndexSelect(0, rows)).ArgMax(1).Ne(y.IndexSelect(0, rows)).Sum().Item<long>();
        return wrong / 200;
    }

    static double StaysInEval(bool mended)
    {
        Rng.Seed(522);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        using var data = new TensorDataset(x, y);
        Module[] Layer(int channels) => [new Conv2d(channels, 8, 3, padding: 1), new BatchNorm2d(8), new Tanh()];
        using var net = new Sequential([.. Layer(1), .. Layer(8), .. Layer(8), .. Layer(8), .. Layer(8), .. Layer(8), new AvgPool2d(4), new Flatten(), new Dropout(0.1), new Linear(32, 10)]);
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);

        double Evaluate()
        {
            net.Eval();
            using var scope = Scope.New();
            using var quiet = Autograd.NoGrad();
            return Judge.ErrorRate(net.Forward(xTest), yTest);
        }

        Console.WriteLine($"before: {Evaluate()}");
        for (var epoch = 0; epoch < 3; epoch++)
        {
            if (mended) net.Train();
            foreach (var (images, labels) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
            }
            Console.WriteLine($"epoch {epoch}: {Evaluate()}");
        }
        return Evaluate();
    }

    static double OneColumn(bool mended)
    {
        Rng.Seed(523);
        var (points, moons) = Plane.Moons(700, 0.15, seed: 18);
        var y = moons.To(DType.Float32).Unsqueeze(1);
        using var net = new Mlp(2, 24, 1, depth: 2);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var step = 0; step < 120; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 560, [56]);
            adam.ZeroGrad();
            Loss.BceWithLogits(net.Forward(points.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        net.Eval();
        using var quiet = Autograd.NoGrad();
        var output = net.Forward(points[560..]);
        var predicted = mended ? output.Gt(0).To(DType.Int64).Squeeze(1) : output.ArgMax(1);
        var accuracy = predicted.Eq(moons[560..]).To(DType.Float32).Mean().Item<float>();
        Console.WriteLine($"accuracy {accuracy}");
        return 1 - accuracy;
    }

    static double DividedByRows(bool mended)
    {
        Rng.Seed(524);
        var (x, y) = Digits.Load(0, 1100);
        var (xTest, yTest) = Digits.Load(1100, Digits.Count);
        using var net = new LeNet(10, 1, 8, 8);
        using var rms = new RMSprop(net.Parameters(), lr: 1e-3);
        using var train = new TensorDataset(x, y);
        using var test = new TensorDataset(xTest, yTest);
        foreach (var epoch in Enumerable.Range(0, 4))
            foreach (var (images, labels) in new Loader(train, 44, seed: epoch))
            {
                using var scope = Scope.New();
                rms.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                rms.Step();
            }
        net.Eval();
        using var quiet = Autograd.NoGrad();
        var (sum, rows, batches) = (0.0, 0, 0);
        foreach (var (images, labels) in new Loader(test, 41, shuffle: false))
        {
            sum += net.Forward(images).ArgMax(1).Eq(labels).To(DType.Float32).Mean().Item<float>();
            rows += (int)labels.Numel;
            batches++;
        }
        return 1 - sum / (mended ? batches : rows);
    }

    static double TestWithGraph(bool mended)
    {
        Rng.Seed(525);
        var (images, counts) = Pictures.Dots(600, 8, 4, seed: 61);
        using var net = new Sequential(new Conv2d(1, 6, 3, padding: 1), new ReLU(), new Flatten(), new Linear(384, 5));
        var labels = counts.To(DType.Int64);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        for (var i = 0; i < 120; i++)
        {
            using var scope = Scope.New();
            var at = i * 40 % 480;
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(images[at..(at + 40)]), labels[at..(at + 40)]).Backward();
            adam.Step();
        }
        net.Eval();
        var answers = new List<long>();
        for (var at = 480; at < 600; at += 10)
        {
            if (mended)
            {
                using var quiet = Autograd.NoGrad();
                answers.AddRange(net.Forward(images[at..(at + 10)]).ArgMax(1).ToArray<long>());
            }
            else
            {
                answers.AddRange(net.Forward(images[at..(at + 10)]).ArgMax(1).ToArray<long>());
            }
        }
        return answers.Zip(labels[480..].ToArray<long>()).Average(p => p.First == p.Second ? 0.0 : 1.0);
    }

    static double HeadSlice(bool mended)
    {
        Rng.Seed(526);
        var (x, y) = Tables.Quadratic(400, 10, 4, seed: 82);
        using var net = new Mlp(10, 128, 4);
        using var adam = new AdamW(net.Parameters(), lr: 5e-3);
        var (xValid, yValid) = mended ? (x[200..], y[200..]) : (x[..100], y[..100]);
        var reported = 0.0;
        for (var epoch = 0; epoch < 25; epoch++)
        {
            for (var at = 0; at < 200; at += 25)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x[at..(at + 25)]), y[at..(at + 25)]).Backward();
                adam.Step();
            }
            using var quiet = Autograd.NoGrad();
            reported = net.Forward(xValid).ArgMax(1).Ne(yValid).To(DType.Float32).Mean().Item<float>();
            Console.WriteLine($"validation error {reported}");
        }
        return Math.Abs(reported - Judge.ErrorRate(net, x[200..], y[200..]));
    }

    static double Narrow(bool mended)
    {
        Rng.Seed(527);
        var (x, y) = Tables.Smooth(1200, 6, 0.05, seed: 83);
        using var net = new Mlp(6, mended ? 64 : 2, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var i = 0; i < 300; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1000, [50]);
            sgd.ZeroGrad();
            Loss.Mse(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            sgd.Step();
            if (i % 50 == 49) Console.WriteLine($"step {i}: {Judge.SquaredError(net, x[1000..], y[1000..])}");
        }
        return Judge.SquaredError(net, x[1000..], y[1000..]);
    }

    static double Noisy(bool mended)
    {
        Rng.Seed(528);
        var (x, y) = Tables.Smooth(1500, 8, 0.4, seed: 84);
        var rows = mended ? 1200 : 50;
        using var data = new TensorDataset(x[..rows], y[..rows]);
        using var net = new Mlp(8, 200, 1, depth: 2);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var epoch = 0; epoch < (mended ? 4 : 100); epoch++)
        {
            foreach (var (input, target) in new Loader(data, 25, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(input), target).Backward();
                adam.Step();
            }
            using var quiet = Autograd.NoGrad();
            Console.WriteLine($"epoch {epoch}: test {Loss.Mse(net.Forward(x[1200..]), y[1200..]).Item<float>()}");
        }
        return Judge.SquaredError(net, x[1200..], y[1200..]);
    }

    static double OtherTag(bool mended)
    {
        Rng.Seed(529);
        var (images, bars) = Pictures.Bars(800, 5, 0.4, seed: 71);
        var asked = bars.Narrow(1, 3, 1);
        var compared = mended ? asked : bars.Narrow(1, 4, 1);
        using var net = new Mlp(25, 16, 1);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        var accuracy = 0f;
        for (var epoch = 0; epoch < 10; epoch++)
        {
            for (var at = 0; at < 640; at += 40)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.BceWithLogits(net.Forward(images[at..(at + 40)]), asked[at..(at + 40)]).Backward();
                adam.Step();
            }
            using var quiet = Autograd.NoGrad();
            var scores = net.Forward(images[640..]);
            var loss = Loss.BceWithLogits(scores, asked[640..]).Item<float>();
            accuracy = scores.Gt(0).To(DType.Float32).Eq(compared[640..]).To(DType.Float32).Mean().Item<float>();
            Console.WriteLine($"epoch {epoch}: validation loss {loss}, accuracy {accuracy}");
        }
        return 1 - accuracy;
    }

    static double Rare(bool mended)
    {
        Rng.Seed(530);
        var random = new Random(9);
        var points = new float[1500, 2];
        var kinds = new long[1500];
        for (var i = 0; i < 1500; i++)
        {
            kinds[i] = random.NextDouble() < 0.94 ? 0 : 1 + random.Next(3);
            var angle = kinds[i] * Math.PI / 2;
            points[i, 0] = (float)(0.9 * Math.Cos(angle) + 0.8 * random.Gaussian());
            points[i, 1] = (float)(0.9 * Math.Sin(angle) + 0.8 * random.Gaussian());
        }
        var (x, y) = (Tensor.From(points), Tensor.From(kinds));
        var weight = mended ? Tensor.From([0.02f, 1, 1, 1]) : null;
        using var net = new Sequential(new Linear(2, 16), new Tanh(), new Linear(16, 4));
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        for (var i = 0; i < 250; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1200, [60]);
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows), weight).Backward();
            sgd.Step();
        }
        using var quiet = Autograd.NoGrad();
        var right = net.Forward(x[1200..]).ArgMax(1).Eq(y[1200..]);
        return Enumerable.Range(0, 4).Average(k => 1 - right.MaskedSelect(y[1200..].Eq(k)).To(DType.Float32).Mean().Item<float>()); // balanced
    }
}
