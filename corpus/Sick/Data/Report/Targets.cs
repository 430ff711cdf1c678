using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Targets that do not belong to their rows, and rows that are drawn badly.</summary>
static class Targets
{
    public static CorpusProgram ShiftedTargets { get; } = Fault.Report(
        "targets-shifted-by-rows", "targets of shuffled rows stand seven rows further down", Shifted, ["PES107"]);

    public static CorpusProgram UnknownClass { get; } = Fault.Report(
        "class-minus-one", "rows of unknown class carry -1", MinusOne, ["PES108"]);

    public static CorpusProgram SwappedKinds { get; } = Fault.Report(
        "half-of-one-kind-called-another", "half of the discs are labelled as squares and half of the squares as discs", Confused, ["PES109"], also: ["PES107"]); // for these two the label says nothing

    public static CorpusProgram TopicByTopic { get; } = Fault.Report(
        "documents-topic-by-topic", "documents come topic by topic, a slice at a time", ByTopic, ["PES111"]);

    public static CorpusProgram OverlappingWindows { get; } = Fault.Report(
        "validation-rows-also-trained-on", "half of the validation rows are in the training set as well", Overlap, ["PES112"], also: ["PES606"]); // they are training rows

    public static CorpusProgram NoisyEvaluate { get; } = Fault.Report(
        "random-erasing-in-evaluate", "the function that prepares a batch erases a random third of it, for validation too", Erased, ["PES116"]);

    public static CorpusProgram TooMuchNoise { get; } = Fault.Report(
        "augmentation-noise-of-six", "noise of deviation 6 is added to inputs of deviation 1 as augmentation", Noisy, ["PES117"]);

    public static CorpusProgram IntegerDivision { get; } = Fault.Report(
        "target-by-integer-division", "shares between 0 and 1 come from an integer division and are all 0", IntegerShares, ["PES118"]);

    public static CorpusProgram SeedInTheLoop { get; } = Fault.Report(
        "seed-set-in-the-loop", "the generator is seeded at each step: the same rows are drawn every time", Seeded, ["PES119"], also: ["PES608"]); // it learns these rows by heart

    static double Shifted(bool mended)
    {
        Rng.Seed(861);
        var (x, y) = Tables.Smooth(800, 5, 0.05, seed: 121);
        var targets = mended ? y : y.Roll(7, 0);
        using var net = new Mlp(5, 48, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var i = 0; i < 250; i++)
        {
            using var scope = Scope.New();
            var at = i * 40 % 640;
            sgd.ZeroGrad();
            Loss.Mse(net.Forward(x[at..(at + 40)]), targets[at..(at + 40)]).Backward();
            sgd.Step();
        }
        return Judge.SquaredError(net, x[640..], y[640..]);
    }

    static double MinusOne(bool mended)
    {
        Rng.Seed(862);
        var (points, clouds) = Plane.Ring(500, 4, 2, 0.4, seed: 52);
        var labels = clouds.ToArray<long>();
        for (var i = 11; i < 500; i += 60) labels[i] = -1;
        var y = Tensor.From(labels);
        using var net = new Mlp(2, 24, 4);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var i = 0; i < 100; i++)
        {
            using var scope = Scope.New();
            var at = i * 50 % 500;
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(points[at..(at + 50)]), y[at..(at + 50)], ignoreIndex: mended ? -1 : -100).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, points, clouds);
    }

    static double Confused(bool mended)
    {
        Rng.Seed(863);
        var (images, kinds, _) = Pictures.Shapes(1000, 10, 3, 0.05, seed: 62);
        var noisy = kinds.ToArray<long>();
        var random = new Random(3);
        for (var i = 0; i < noisy.Length; i++)
            if (!mended && noisy[i] < 2 && random.Next(2) == 0) noisy[i] = 1 - noisy[i];
        using var data = new TensorDataset(images[..800], Tensor.From(noisy)[..800]);
        using var net = new Sequential(new Conv2d(1, 12, 3), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(192, 32), new ReLU(), new Linear(32, 3));
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        foreach (var epoch in Enumerable.Range(0, 12))
            foreach (var (x, y) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, images[800..], kinds[800..]);
    }

    static double ByTopic(bool mended)
    {
        Rng.Seed(864);
        var (counts, topics) = Words.Documents(900, 100, 6, 40, seed: 51);
        var rows = mended ? Tensor.RandPerm(720) : topics[..720].ArgSort();
        var (x, y) = (counts[..720].Log1p().IndexSelect(0, rows), topics[..720].IndexSelect(0, rows));
        using var net = new Mlp(100, 24, 6);
        using var rms = new RMSprop(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 4; epoch++)
            for (var at = 0; at < 720; at += 24)
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(x[at..(at + 24)]), y[at..(at + 24)]);
                rms.ZeroGrad();
                loss.Backward();
                rms.Step();
            }
        return Judge.ErrorRate(net, counts[720..].Log1p(), topics[720..]);
    }

    static double Overlap(bool mended)
    {
        Rng.Seed(865);
        var (x, y) = Digits.Load(0, 240);
        var (xNew, yNew) = Digits.Load(900, Digits.Count);
        using var train = new TensorDataset(x[..160], y[..160]);
        using var validation = new TensorDataset(x[(mended ? 160 : 120)..(mended ? 240 : 200)], y[(mended ? 160 : 120)..(mended ? 240 : 200)]);
        using var net = new Mlp(64, 48, 10, init: InitScheme.PyTorch);
        using var sgd = new SGD(net.Parameters(), lr: 0.3);
        var reported = 0f;
        for (var epoch = 0; epoch < 30; epoch++)
        {
            foreach (var (images, labels) in new Loader(train, 20, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
            }
            using var quiet = Autograd.NoGrad();
            reported = net.Forward(validation.Inputs).ArgMax(1).Ne(validation.Targets).To(DType.Float32).Mean().Item<float>();
        }
        return Math.Abs(reported - Judge.ErrorRate(net, xNew, yNew));
    }

    static Tensor Prepare(Tensor images, bool training)
    {
        var x = images * 2 - 1;
        return training ? x.MaskedFill(x.RandnLike().Gt(0.4), 0) : x;
    }

    static double Erased(bool mended)
    {
        Rng.Seed(866);
        var (x, y) = Digits.Load(0, 1000);
        var (xTest, yTest) = Digits.Load(1000, 1600);
        using var net = new Sequential(new Flatten(), new Linear(64, 48), new GELU(), new Linear(48, 10));
        using var adam = new AdamW(net.Parameters(), lr: 5e-3);
        for (var i = 0; i < 250; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1000, [50]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(Prepare(x.IndexSelect(0, rows), training: true)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        net.Eval();
        using var quiet = Autograd.NoGrad();
        var wrong = 0L;
        for (var at = 0; at < 600; at += 60) wrong += net.Forward(Prepare(xTest[at..(at + 60)], training: !mended)).ArgMax(1).Ne(yTest[at..(at + 60)]).Sum().Item<long>();
        return wrong / 600.0;
    }

    static double Noisy(bool mended)
    {
        Rng.Seed(867);
        var (x, y) = Tables.Quadratic(1000, 8, 3, seed: 122);
        using var data = new TensorDataset(x[..800], y[..800]);
        using var net = new Mlp(8, 48, 3);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var batch in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                var augmented = batch.Inputs + (mended ? 0.1 : 6) * batch.Inputs.RandnLike();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(augmented), batch.Targets).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, x[800..], y[800..]);
    }

    static double IntegerShares(bool mended)
    {
        Rng.Seed(868);
        var (images, counts) = Pictures.Dots(600, 8, 8, seed: 92);
        const int Most = 9;
        var shares = Array.ConvertAll(counts.ToArray<float>(), c => mended ? c / Most : (int)c / Most);
        var y = Tensor.From(shares, 600, 1);
        using var net = new Mlp(64, 24, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 480, [40]);
            sgd.ZeroGrad();
            Loss.Mse(net.Forward(images.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            sgd.Step();
        }
        return Judge.SquaredError(net, images[480..], counts[480..].Unsqueeze(1) / Most);
    }

    static double Seeded(bool mended)
    {
        Rng.Seed(869);
        var (past, next) = Series.Windows(Series.MackeyGlass(900, seed: 35), 14);
        using var net = new Sequential(new Linear(14, 32), new Tanh(), new Linear(32, 1));
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            if (!mended) Rng.Seed(42);
            var rows = Tensor.RandInt(0, 700, [20]);
            adam.ZeroGrad();
            Loss.Mse(net.Forward(past.IndexSelect(0, rows)), next.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, past[700..], next[700..]);
    }
}
