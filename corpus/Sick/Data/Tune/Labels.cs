using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Labels, and the order and selection of rows.</summary>
static class Labels
{
    public static CorpusProgram SortedLabels { get; } = Fault.Tune(
        "labels-sorted-apart-from-pictures", "labels were listed in sorted order, pictures were not", Sorted, ["PES107"]);

    public static CorpusProgram CountedFromOne { get; } = Fault.Tune(
        "classes-counted-from-one", "classes 1 to 3 for three outputs: stops at the first 3", FromOne, ["PES108"], also: ["PES202"]); // as well as labels out of range it is an output too few

    public static CorpusProgram SoftTargetsOfZero { get; } = Fault.Tune(
        "soft-targets-that-do-not-sum-to-one", "one-hot rows from a table in which half of the classes have only zeros", EmptyRows, ["PES108"]);

    public static CorpusProgram FlippedLabels { get; } = Fault.Tune(
        "six-in-ten-labels-random", "60 percent of the digits carry a random label", Flipped, ["PES109"], also: ["PES107"]); // labels hardly depend on the pictures

    public static CorpusProgram SortedBatches { get; } = Fault.Tune(
        "digits-in-order-of-label", "training goes through the digits sorted by label, unshuffled", ByLabel, ["PES111"]);

    public static CorpusProgram SameRowsInBoth { get; } = Fault.Tune(
        "rows-doubled-before-the-split", "rows are doubled to have more, then split at random", Doubled, ["PES112"], also: ["PES113", "PES606"]); // doubles inside of a split; validation rows are training rows

    public static CorpusProgram NoiseOnValidation { get; } = Fault.Tune(
        "validation-loader-with-augmentation", "the validation loader has the random transform of the training loader", Augmented, ["PES116"]);

    public static CorpusProgram MirroredDirections { get; } = Fault.Tune(
        "mirrored-turns", "series that turn left or right are mirrored at random, their labels are not", Mirrored, ["PES117"], also: ["PES107"]); // labels no longer depend on the inputs

    public static CorpusProgram ConstantLabel { get; } = Fault.Tune(
        "label-of-the-wrong-column", "the label is read from a column that is 0 in every row", Constant, ["PES118"]);

    public static CorpusProgram FirstBatchOnly { get; } = Fault.Tune(
        "first-batch-of-a-new-loader", "each step makes a new loader and takes its first batch: always the same one", First, ["PES119"], also: ["PES608"]); // it learns these rows by heart

    static double Sorted(bool mended)
    {
        Rng.Seed(841);
        var (x, labels) = Digits.Load(0, 1200);
        var y = mended ? labels : labels.Sort().Values;
        using var data = new TensorDataset(x, y);
        using var net = new LeNet(10, 1, 8, 8);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (images, target) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), target).Backward();
                adam.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double FromOne(bool mended)
    {
        Rng.Seed(842);
        var (lengths, kinds) = Tables.Flowers(300, seed: 21);
        var x = Tables.Standardize(Tensor.From(lengths), 300);
        var y = Tensor.From(Array.ConvertAll(kinds, k => (long)k - (mended ? 1 : 0)));
        using var net = new Mlp(4, 16, 3);
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);
        for (var step = 0; step < 80; step++)
        {
            using var scope = Scope.New();
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), y).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, x, y);
    }

    static double EmptyRows(bool mended)
    {
        Rng.Seed(843);
        var (points, clouds) = Plane.Ring(800, 6, 2, 0.3, seed: 42);
        using var table = Tensor.Zeros([6, 6]);
        for (var k = 0; k < (mended ? 6 : 3); k++) table[k, k].FillInPlace(1);
        var y = table.IndexSelect(0, clouds);
        using var net = new Mlp(2, 32, 6);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 640, [64]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(points.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, points[640..], clouds[640..]);
    }

    static double Flipped(bool mended)
    {
        Rng.Seed(844);
        var (x, y) = Digits.Load(0, 1200);
        var wrong = Tensor.Rand([1200]).Lt(0.6);
        var given = mended ? y : Tensor.Where(wrong, Tensor.RandInt(0, 10, [1200]), y);
        using var data = new TensorDataset(x, given);
        using var net = new Mlp(64, 64, 10);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var (images, target) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), target).Backward();
                adam.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double ByLabel(bool mended)
    {
        Rng.Seed(845);
        var (x, y) = Digits.Load(0, 1200);
        var order = y.ArgSort();
        using var data = new TensorDataset(x.IndexSelect(0, order), y.IndexSelect(0, order));
        using var net = new Mlp(64, 32, 10);
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.5);
        var loader = new Loader(data, 40, shuffle: mended);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (images, target) in loader)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), target).Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double Doubled(bool mended)
    {
        Rng.Seed(846);
        var (x, y) = Tables.Quadratic(1100, 10, 4, seed: 111);
        var (own, ownY) = (x[..240], y[..240]);
        if (!mended) (own, ownY) = (own.Repeat(2, 1), ownY.Repeat(2));
        var order = Shuffle.Permutation((int)own.Size(0), seed: 3);
        using var all = new TensorDataset(own, ownY);
        var cut = order.Length * 3 / 4;
        using var train = all.Subset(order.AsSpan(0, cut));
        using var validation = all.Subset(order.AsSpan(cut));
        using var net = new Mlp(10, 128, 4);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        var reported = 0.0;
        for (var epoch = 0; epoch < 30; epoch++)
        {
            foreach (var (input, target) in new Loader(train, 30, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), target).Backward();
                adam.Step();
            }
            using var quiet = Autograd.NoGrad();
            var wrong = 0L;
            foreach (var (input, target) in new Loader(validation, 30, shuffle: false)) wrong += net.Forward(input).ArgMax(1).Ne(target).Sum().Item<long>();
            reported = (double)wrong / validation.Count;
        }
        return Math.Abs(reported - Judge.ErrorRate(net, x[240..], y[240..]));
    }

    static Batch Noise(Batch batch, Random random) =>
        batch with { Inputs = (batch.Inputs.Roll(random.Next(-2, 3), 3) + 0.4 * batch.Inputs.RandnLike()).Clamp(0, 1) };

    static double Augmented(bool mended)
    {
        Rng.Seed(847);
        var (x, y) = Digits.Load(0, 1000);
        var (xTest, yTest) = Digits.Load(1000, 1500);
        using var train = new TensorDataset(x, y);
        using var held = new TensorDataset(xTest, yTest);
        using var net = new LeNet(10, 1, 8, 8);
        using var adam = new Adam(net.Parameters(), lr: 4e-3);
        var validation = new Loader(held, 100, shuffle: false, transform: mended ? null : Noise, prefetch: false);
        var error = 0.0;
        for (var epoch = 0; epoch < 8; epoch++)
        {
            foreach (var (images, target) in new Loader(train, 40, seed: epoch, transform: Noise, prefetch: false))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), target).Backward();
                adam.Step();
            }
            var wrong = 0L;
            using var quiet = Autograd.NoGrad();
            foreach (var (images, target) in validation) wrong += net.Forward(images).ArgMax(1).Ne(target).Sum().Item<long>();
            error = wrong / 500.0;
        }
        return error;
    }

    static double Mirrored(bool mended)
    {
        Rng.Seed(848);
        var random = new Random(8);
        var x = new float[600, 24];
        var rises = new long[600];
        for (var i = 0; i < 600; i++)
        {
            rises[i] = random.Next(2);
            for (var t = 0; t < 24; t++) x[i, t] = (float)((rises[i] == 1 ? 0.1 : -0.1) * (t - 12) + 0.6 * random.Gaussian());
        }
        using var train = new TensorDataset(Tensor.From(x)[..480], Tensor.From(rises)[..480]);
        Batch Mirror(Batch batch, Random luck)
        {
            var mirror = Tensor.From([.. batch.Rows.Select(_ => (long)luck.Next(2))]);
            var inputs = Tensor.Where(mirror.Eq(1).Unsqueeze(1), batch.Inputs.Flip(1), batch.Inputs);
            // A mirrored rise is a fall.
            return batch with { Inputs = inputs, Targets = mended ? batch.Targets.Ne(mirror).To(DType.Int64) : batch.Targets.Clone() };
        }

        using var net = new Mlp(24, 16, 2);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (input, target) in new Loader(train, 24, seed: epoch, transform: Mirror, prefetch: false))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), target).Backward();
                sgd.Step();
            }
        return Judge.ErrorRate(net, Tensor.From(x)[480..], Tensor.From(rises)[480..]);
    }

    static double Constant(bool mended)
    {
        Rng.Seed(849);
        var (x, kinds) = Tables.Quadratic(800, 6, 3, seed: 112);
        var table = Tensor.Stack([kinds, kinds.ZerosLike()], 1);
        var y = table.Select(1, mended ? 0 : 1);
        using var data = new TensorDataset(x[..640], y[..640].Clone());
        using var net = new Mlp(6, 40, 3);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var (input, target) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), target).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, x[640..], kinds[640..]);
    }

    static double First(bool mended)
    {
        Rng.Seed(850);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 48, 10);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var running = new Loader(data, 32).GetEnumerator();
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            Batch batch;
            if (mended)
            {
                if (!running.MoveNext())
                {
                    running = new Loader(data, 32, seed: step).GetEnumerator();
                    running.MoveNext();
                }
                batch = running.Current;
            }
            else
            {
                var rows = new Loader(data, 32).GetEnumerator();
                rows.MoveNext();
                batch = rows.Current;
            }
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(batch.Inputs), batch.Targets).Backward();
            adam.Step();
        }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }
}
