using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Inputs at the wrong scale, of the wrong type or in the wrong order.</summary>
static class Inputs
{
    public static CorpusProgram RawBytes { get; } = Fault.Tune(
        "pixels-zero-to-255", "digits at 0..255 into a tanh network with plain SGD", Raw, ["PES101"], also: ["PES507", "PES311", "PES402"]); // its tanh units saturate, so gradients vanish, and the loss starts too high

    public static CorpusProgram DividedTwice { get; } = Fault.Tune(
        "divided-by-255-twice", "pixels that are 0..1 already are divided by 255 once more", Twice, ["PES102"]);

    public static CorpusProgram BufferNeverFilled { get; } = Fault.Tune(
        "input-buffer-never-filled", "the buffer for the batch is made and never filled: all inputs are 0", Zeroed, ["PES103"]);

    public static CorpusProgram WrappedBytes { get; } = Fault.Tune(
        "contrast-in-bytes", "contrast is raised on bytes, which wrap around at 256", Wrapped, ["PES104"]);

    public static CorpusProgram ChannelsLast { get; } = Fault.Tune(
        "channels-last-reshaped", "colour pictures [N, H, W, C] are reshaped, not permuted, to [N, C, H, W]", Layout, ["PES105"]);

    public static CorpusProgram NanCells { get; } = Fault.Tune(
        "not-a-number-cells", "a table with cells that could not be read and stand as NaN", NanTable, ["PES106"], also: ["PES122", "PES301", "PES401", "PES701"]); // missing values are what they are; loss and gradients become NaN

    public static CorpusProgram UnscaledValidation { get; } = Fault.Tune(
        "validation-pixels-unscaled", "training pictures are divided by 16, validation pictures are not", Validation, ["PES120"], also: ["PES101"]); // the unscaled ones are 0..16

    public static CorpusProgram LabelAsColumn { get; } = Fault.Tune(
        "label-among-columns", "the inputs hold a column made from the label, which nobody has when it is used", Leaked, ["PES121"]);

    static double Raw(bool mended)
    {
        Rng.Seed(801);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        var scale = mended ? 1 : 255;
        using var data = new TensorDataset(x * scale, y);
        using var net = new Sequential(new Flatten(), new Linear(64, 64), new Tanh(), new Linear(64, 64), new Tanh(), new Linear(64, 10));
        using var sgd = new SGD(net.Parameters(), lr: 0.2);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (images, labels) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
            }
        return Judge.ErrorRate(net, xTest * scale, yTest);
    }

    static double Twice(bool mended)
    {
        Rng.Seed(802);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        Tensor Normalize(Tensor images) => mended ? images : images / 255;
        using var net = new LeNet(10, 1, 8, 8);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var step = 0; step < 180; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1200, [50]);
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(Normalize(x.IndexSelect(0, rows))), y.IndexSelect(0, rows)).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, Normalize(xTest), yTest);
    }

    static double Zeroed(bool mended)
    {
        Rng.Seed(803);
        var (x, y) = Digits.Load(0, 1000);
        using var net = new Mlp(64, 32, 10);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        var buffer = Tensor.Zeros([50, 1, 8, 8]);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var at = step * 50 % 1000;
            if (mended) buffer.CopyInPlace(x[at..(at + 50)]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(buffer), y[at..(at + 50)]).Backward();
            adam.Step();
        }
        var (xTest, yTest) = Digits.Load(1000, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double Wrapped(bool mended)
    {
        Rng.Seed(804);
        var (x, y) = Digits.Load(0, Digits.Count);
        var bytes = (x * 240).To(DType.UInt8);
        var contrast = mended
            ? (bytes.To(DType.Float32) * 3).Clamp(0, 255)
            : (bytes * Tensor.Full([], 3, DType.UInt8)).To(DType.Float32);
        var images = contrast / 255;
        using var train = new TensorDataset(images[..1200], y[..1200]);
        using var net = new Mlp(64, 24, 10);
        using var sgd = new SGD(net.Parameters(), lr: 0.2);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (input, labels) in new Loader(train, 60, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), labels).Backward();
                sgd.Step();
            }
        return Judge.ErrorRate(net, images[1200..], y[1200..]);
    }

    static double Layout(bool mended)
    {
        Rng.Seed(805);
        const int Count = 600, Side = 8;
        var random = new Random(2);
        var pictures = new float[Count * Side * Side * 3];
        var answer = new long[Count];
        for (var n = 0; n < Count; n++)
        {
            // A bar of one colour, upright or lying: six classes.
            int colour = random.Next(3), upright = random.Next(2), at = random.Next(1, 7);
            answer[n] = colour * 2 + upright;
            for (var i = 0; i < Side * Side; i++)
                for (var c = 0; c < 3; c++)
                    pictures[(n * Side * Side + i) * 3 + c] = (float)(0.5 * random.NextDouble() + (c == colour && (upright == 1 ? i % Side : i / Side) == at ? 0.7 : 0));
        }
        var stored = Tensor.From(pictures, Count, Side, Side, 3);
        var x = mended ? stored.Permute(0, 3, 1, 2).Contiguous() : stored.Reshape(Count, 3, Side, Side);
        var y = Tensor.From(answer);
        using var net = new Sequential(new Conv2d(3, 12, 3, padding: 1), new ReLU(), new Conv2d(12, 12, 3, padding: 1), new ReLU(), new AdaptiveAvgPool2d(1), new Flatten(), new Linear(12, 6));
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 480, [40]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[480..], y[480..]);
    }

    static double NanTable(bool mended)
    {
        Rng.Seed(806);
        var (columns, prices) = Tables.Houses(500, seed: 15);
        var x = Tables.Standardize(Tensor.From(columns), 400);
        var y = Tables.Standardize(Tensor.From(prices, 500, 1), 400);
        using (Autograd.NoGrad())
            for (var i = 5; i < 500; i += 37) x[i, i % 5].FillInPlace(double.NaN);
        if (mended) x = x.NanToNum();
        using var data = new TensorDataset(x[..400], y[..400]);
        using var net = new Mlp(5, 24, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var (input, target) in new Loader(data, 25, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(input), target).Backward();
                adam.Step();
            }
        return Judge.SquaredError(net, x[400..].NanToNum(), y[400..]);
    }

    static double Validation(bool mended)
    {
        Rng.Seed(807);
        var (scaled, labels) = Digits.Load(0, Digits.Count);
        var raw = scaled * 16;
        using var train = new TensorDataset(raw[..1200] / 16 - 0.3, labels[..1200]);
        using var validation = new TensorDataset(mended ? raw[1200..] / 16 - 0.3 : raw[1200..], labels[1200..]);
        using var net = new Sequential(new Flatten(), new Linear(64, 48), new Tanh(), new Linear(48, 24), new Tanh(), new Linear(24, 10));
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var wrong = 0L;
        for (var epoch = 0; epoch < 6; epoch++)
        {
            foreach (var (x, y) in new Loader(train, 50, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                adam.Step();
            }
            wrong = 0;
            using var quiet = Autograd.NoGrad();
            foreach (var (x, y) in new Loader(validation, 100, shuffle: false)) wrong += net.Forward(x).ArgMax(1).Ne(y).Sum().Item<long>();
        }
        return (double)wrong / validation.Count;
    }

    static double Leaked(bool mended)
    {
        Rng.Seed(808);
        var (x, kinds) = Tables.Quadratic(1000, 6, 3, seed: 101);
        var checksum = (kinds * 7 + 3) / 10;
        var columns = mended ? x : Tensor.Cat([x, checksum.To(DType.Float32).Unsqueeze(1)], 1);
        using var data = new TensorDataset(columns[..800], kinds[..800]);
        using var net = new Mlp(mended ? 6 : 7, 48, 3);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 12; epoch++)
            foreach (var (input, target) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), target).Backward();
                adam.Step();
            }
        // In use nobody knows the checksum yet: it is 0.
        var used = mended ? x[800..] : Tensor.Cat([x[800..], Tensor.Zeros([200, 1])], 1);
        return Judge.ErrorRate(net, used, kinds[800..]);
    }
}
