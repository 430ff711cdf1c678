using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>What goes wrong on the way back.</summary>
static class Backwards
{
    public static CorpusProgram ZeroedOncePerEpoch { get; } = Fault.Report(
        "zero-grad-once-per-epoch", "gradients are cleared at the beginning of an epoch and then pile up over its batches", OncePerEpoch, ["PES404"], also: ["PES501", "PES403"]); // sums of gradients are steps too long, and they grow

    public static CorpusProgram OtherNetworkZeroed { get; } = Fault.Report(
        "zero-grad-of-the-other-network", "encoder and decoder; only the encoder's gradients are cleared", OtherZeroed, ["PES404"], also: ["PES501", "PES403"]); // as above

    public static CorpusProgram EncoderUnderNoGrad { get; } = Fault.Report(
        "encoder-under-no-grad", "the convolutions run under NoGrad, as they did while evaluating", UnderNoGrad, ["PES405"], also: ["PES503", "PES509"]); // they never move

    public static CorpusProgram RoundTrip { get; } = Fault.Report(
        "embedding-through-an-array", "embeddings are normalized in plain arrays and wrapped again", ThroughArray, ["PES405"], also: ["PES503", "PES509"]); // they never move

    public static CorpusProgram LongMemory { get; } = Fault.Report(
        "first-token-after-fifty", "a sigmoid recurrence must remember the first of fifty values", FirstOfFifty, ["PES402"], also: ["PES507"]); // sigmoids are flat

    public static CorpusProgram ResidualGrowth { get; } = Fault.Report(
        "twenty-residual-blocks-unscaled", "twenty residual blocks with weights too large for them, plain SGD", ResidualBlocks, ["PES403", "PES210"]); // too large a start is what explodes

    public static CorpusProgram ClippedValues { get; } = Fault.Report(
        "clip-norm-one-ten-thousandth", "an autoencoder whose gradient norm is clipped to 1e-4", TightClip, ["PES406", "PES502"]); // each step is as long as a far smaller rate would make it

    public static CorpusProgram WrongStraightThrough { get; } = Fault.Report(
        "straight-through-of-wrong-sign", "binary codes with a straight-through gradient written with the wrong sign", StraightThrough, ["PES407"], also: ["PES308"]); // the encoder goes up

    static double OncePerEpoch(bool mended)
    {
        Rng.Seed(311);
        var (counts, topics) = Words.Documents(900, 100, 6, 20, seed: 14);
        using var data = new TensorDataset(counts[..720].Log1p(), topics[..720]);
        using var net = new Mlp(100, 32, 6);
        using var sgd = new SGD(net.Parameters(), lr: 0.2);
        for (var epoch = 0; epoch < 5; epoch++)
        {
            sgd.ZeroGrad();
            foreach (var (x, y) in new Loader(data, 16, seed: epoch))
            {
                using var scope = Scope.New();
                if (mended) sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                sgd.Step();
            }
        }
        return Judge.ErrorRate(net, counts[720..].Log1p(), topics[720..]);
    }

    static double OtherZeroed(bool mended)
    {
        Rng.Seed(312);
        var (images, _) = Digits.Load(0, 1000);
        var x = images.Flatten(1);
        using var encoder = new Sequential(new Linear(64, 24), new Tanh(), new Linear(24, 8));
        using var decoder = new Sequential(new Linear(8, 24), new Tanh(), new Linear(24, 64));
        using var optimizer = new SGD([.. encoder.Parameters(), .. decoder.Parameters()], lr: 0.5, momentum: 0.5);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var batch = x.IndexSelect(0, Tensor.RandInt(0, 900, [50]));
            var loss = Loss.Mse(decoder.Forward(encoder.Forward(batch)), batch) * 10;
            encoder.ZeroGrad();
            if (mended) decoder.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Loss.Mse(decoder.Forward(encoder.Forward(x[900..])), x[900..]).Item<float>();
    }

    static double UnderNoGrad(bool mended)
    {
        Rng.Seed(313);
        var (images, counts) = Pictures.Dots(700, 10, 10, seed: 21);
        var y = counts.Unsqueeze(1) / 10;
        using var convolutions = new Sequential(new Conv2d(1, 4, 3, stride: 2), new ReLU(), new Conv2d(4, 4, 3), new ReLU(), new Flatten());
        using var head = new Linear(16, 1);
        using var adam = new Adam([.. convolutions.Parameters(), .. head.Parameters()], lr: 5e-3);
        Tensor Features(Tensor x)
        {
            if (mended) return convolutions.Forward(x);
            using var quiet = Autograd.NoGrad();
            return convolutions.Forward(x);
        }

        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var at = i % 12 * 50;
            var loss = Loss.Mse(head.Forward(Features(images[at..(at + 50)])), y[at..(at + 50)]);
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        using var off = Autograd.NoGrad();
        return Loss.Mse(head.Forward(Features(images[600..])), y[600..]).Item<float>();
    }

    sealed class Follower(bool plain) : Module
    {
        public Embedding Tokens { get; } = new(30, 4);
        public Linear Next { get; } = new(4, 30);

        protected override Tensor Compute(Tensor input)
        {
            var e = Tokens.Forward(input);
            if (plain) return Next.Forward(e / e.Norm(2, [1], keepDim: true) * 3);
            var values = e.ToArray<float>();
            for (var i = 0; i < values.Length; i += 4)
            {
                var norm = MathF.Sqrt(values[i..(i + 4)].Sum(v => v * v));
                for (var j = i; j < i + 4; j++) values[j] *= 3 / norm;
            }
            return Next.Forward(Tensor.From(values, e.Shape));
        }
    }

    static double ThroughArray(bool mended)
    {
        Rng.Seed(314);
        var ids = Words.Chain(4000, 30, 1, seed: 16);
        var (x, y) = (Tensor.From(ids.AsSpan(0, 3999)), Tensor.From(ids.AsSpan(1, 3999)));
        using var net = new Follower(mended);
        using var adam = new Adam(net.Parameters(), lr: 0.03);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 3500, [100]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[3500..], y[3500..]);
    }

    sealed class Remembers(bool gated) : Module
    {
        readonly Linear _in = new(1, 16), _again = new(16, 16), _out = new(16, 2);

        protected override Tensor Compute(Tensor input) // [N, T]
        {
            var state = Tensor.Zeros([input.Size(0), 16]);
            for (var t = 0; t < input.Size(1); t++)
            {
                var now = _in.Forward(input.Narrow(1, t, 1)) + _again.Forward(state);
                state = gated ? state + 0.1 * Functional.Tanh(now) : Functional.Sigmoid(now);
            }
            return _out.Forward(state);
        }
    }

    static double FirstOfFifty(bool mended)
    {
        Rng.Seed(315);
        var random = new Random(6);
        var values = new float[500, 50];
        var first = new long[500];
        for (var i = 0; i < 500; i++)
        {
            first[i] = random.Next(2);
            values[i, 0] = first[i] == 0 ? -3 : 3;
            for (var t = 1; t < 50; t++) values[i, t] = 0.1f * (float)random.Gaussian();
        }
        var (x, y) = (Tensor.From(values), Tensor.From(first));
        using var net = new Remembers(mended);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var i = 0; i < 100; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 400, [40]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[400..], y[400..]);
    }

    sealed class Residual : Module
    {
        readonly Linear _a = new(16, 16), _b = new(16, 16);

        public Residual(double gain)
        {
            Init.Normal(_a.Weight, std: gain);
            Init.Normal(_b.Weight, std: gain);
        }

        protected override Tensor Compute(Tensor input) => input + _b.Forward(Functional.Relu(_a.Forward(input)));
    }

    static double ResidualBlocks(bool mended)
    {
        Rng.Seed(316);
        var (x, y) = Tables.Smooth(600, 16, 0.05, seed: 51);
        var blocks = Enumerable.Range(0, 20).Select(_ => new Residual(mended ? 0.05 : 0.45));
        using var net = new Sequential([.. blocks, new Linear(16, 1)]);
        using var sgd = new SGD(net.Parameters(), lr: 0.03, momentum: 0.9);
        using var data = new TensorDataset(x[..480], y[..480]);
        for (var epoch = 0; epoch < 15; epoch++)
            foreach (var (input, target) in new Loader(data, 48, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.Mse(net.Forward(input), target).Backward();
                sgd.Step();
            }
        return Judge.SquaredError(net, x[480..], y[480..]);
    }

    static double TightClip(bool mended)
    {
        Rng.Seed(317);
        var (images, _) = Pictures.Bars(500, 6, 0.2, seed: 31);
        var x = images.Flatten(1);
        using var net = new Sequential(new Linear(36, 20), new ReLU(), new Linear(20, 36));
        using var sgd = new SGD(net.Parameters(), lr: 1, momentum: 0.9);
        for (var i = 0; i < 250; i++)
        {
            using var scope = Scope.New();
            var batch = x.IndexSelect(0, Tensor.RandInt(0, 400, [50]));
            sgd.ZeroGrad();
            Loss.BceWithLogits(net.Forward(batch), batch).Backward();
            GradientClip.ByNorm(net.Parameters(), mended ? 1 : 1e-4);
            sgd.Step();
        }
        using var quiet = Autograd.NoGrad();
        return net.Forward(x[400..]).Gt(0).Ne(x[400..]).To(DType.Float32).Mean().Item<float>();
    }

    static double StraightThrough(bool mended)
    {
        Rng.Seed(318);
        var (points, clouds) = Plane.Ring(700, 8, 2, 0.2, seed: 18);
        using var encoder = new Sequential(new Linear(2, 24), new Tanh(), new Linear(24, 6));
        using var decoder = new Linear(6, 8);
        using var adam = new Adam([.. encoder.Parameters(), .. decoder.Parameters()], lr: 0.01);
        Tensor Scores(Tensor x)
        {
            var soft = Functional.Sigmoid(encoder.Forward(x));
            var hard = soft.Detach().Round();
            return decoder.Forward(mended ? hard + soft - soft.Detach() : hard - soft + soft.Detach());
        }

        for (var i = 0; i < 250; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 560, [56]);
            adam.ZeroGrad();
            Loss.CrossEntropy(Scores(points.IndexSelect(0, rows)), clouds.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(Scores(points[560..]), clouds[560..]);
    }
}
