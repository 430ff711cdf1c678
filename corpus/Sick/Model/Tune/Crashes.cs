using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Programs that stop with an exception of the framework.</summary>
static class Crashes
{
    public static CorpusProgram FlattenForgotten { get; } = Fault.Tune(
        "flatten-forgotten", "convolutions, then a linear layer, and no Flatten between them", NoFlatten, ["PES215"]);

    public static CorpusProgram SwappedSizes { get; } = Fault.Tune(
        "linear-sizes-swapped", "in and out features of the second layer are swapped", Swapped, ["PES215"]);

    public static CorpusProgram DoubleInputs { get; } = Fault.Tune(
        "double-inputs", "a table read as double goes into a float network", Doubles, ["PES216"]);

    public static CorpusProgram ByteImages { get; } = Fault.Tune(
        "byte-images", "pictures of bytes go into a convolution", Bytes, ["PES216"]);

    public static CorpusProgram KernelTooLarge { get; } = Fault.Tune(
        "kernel-five-after-three-poolings", "after three poolings an 8x8 picture is 1x1, and the kernel is 5", Kernel, ["PES214"]);

    public static CorpusProgram LastBatchOfOne { get; } = Fault.Tune(
        "last-batch-of-one", "129 rows in batches of 32 with batch norm: the last batch is one row", LastBatch, ["PES212"]);

    public static CorpusProgram CarriedHidden { get; } = Fault.Tune(
        "hidden-state-into-next-batch", "a recurrent network that starts each batch with the state of the last one, graph and all", Carried, ["PES217"]);

    public static CorpusProgram InPlaceTanh { get; } = Fault.Tune(
        "in-place-on-tanh-output", "the output of tanh, needed for backward, is added to in place", InPlace, ["PES218"]);

    static double NoFlatten(bool mended)
    {
        Rng.Seed(241);
        var (x, y) = Digits.Load(0, 400);
        List<Module> layers = [new Conv2d(1, 6, 3), new ReLU(), new MaxPool2d(2), new Linear(54, 10)];
        if (mended) layers.Insert(3, new Flatten());
        using var net = new Sequential(layers);
        return Fit(net, x, y);
    }

    static double Swapped(bool mended)
    {
        Rng.Seed(242);
        var (x, y) = Tables.Quadratic(400, 8, 3, seed: 3);
        using var net = new Sequential(new Linear(8, 32), new ReLU(), mended ? new Linear(32, 16) : new Linear(16, 32), new ReLU(), new Linear(16, 3));
        return Fit(net, x, y);
    }

    static double Doubles(bool mended)
    {
        Rng.Seed(243);
        var random = new Random(5);
        var table = new double[300, 4];
        var label = new long[300];
        for (var i = 0; i < 300; i++)
        {
            label[i] = i % 3;
            for (var j = 0; j < 4; j++) table[i, j] = random.Gaussian() + (j == label[i] ? 2 : 0);
        }
        var x = Tensor.From(table);
        if (mended) x = x.To(DType.Float32);
        using var net = new Mlp(4, 16, 3);
        return Fit(net, x, Tensor.From(label));
    }

    static double Bytes(bool mended)
    {
        Rng.Seed(244);
        var (x, y) = Digits.Load(0, 300);
        var images = (x * 255).To(DType.UInt8);
        using var net = new LeNet(10, 1, 8, 8);
        return Fit(net, mended ? images.To(DType.Float32) / 255 : images, y);
    }

    static double Kernel(bool mended)
    {
        Rng.Seed(245);
        var (x, y) = Digits.Load(0, 300);
        using var net = new Sequential(
            new MaxPool2d(2), new Conv2d(1, 8, 3, padding: 1), new ReLU(), new MaxPool2d(2), new MaxPool2d(2), new Conv2d(8, 16, mended ? 1 : 5), new ReLU(), new Flatten(), new Linear(16, 10));
        return Fit(net, x, y);
    }

    static double Fit(Module net, Tensor x, Tensor y)
    {
        using var optimizer = new Adam(net.Parameters(), lr: 0.01);
        for (var step = 0; step < 60; step++)
        {
            using var scope = Scope.New();
            optimizer.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), y).Backward();
            optimizer.Step();
        }
        return Judge.ErrorRate(net, x, y);
    }

    static double LastBatch(bool mended)
    {
        Rng.Seed(246);
        var (lengths, kinds) = Tables.Flowers(129, seed: 3);
        using var data = new TensorDataset(Tables.Standardize(Tensor.From(lengths), 129), Tensor.From(Array.ConvertAll(kinds, k => k - 1L)));
        using var net = new Sequential(new Linear(4, 16), new BatchNorm1d(16), new ReLU(), new Linear(16, 3));
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var (x, y) in new Loader(data, 32, seed: epoch, dropLast: mended))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, data.Inputs, data.Targets);
    }

    static double Carried(bool mended)
    {
        Rng.Seed(247);
        var values = Series.Waves(1601, 0.05, seed: 11);
        using var input = new Linear(1, 16);
        using var recurrent = new Linear(16, 16);
        using var output = new Linear(16, 1);
        using var adam = new Adam([.. input.Parameters(), .. recurrent.Parameters(), .. output.Parameters()], lr: 5e-3);
        var hidden = Tensor.Zeros([1, 16]);
        var last = new List<float>();
        for (var at = 0; at < 1600; at += 16)
        {
            var loss = Tensor.Scalar(0);
            for (var t = at; t < at + 16; t++)
            {
                hidden = Functional.Tanh(input.Forward(Tensor.From([values[t]], 1, 1)) + recurrent.Forward(hidden));
                loss += (output.Forward(hidden) - values[t + 1]).Square().Mean() / 16;
            }
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
            if (mended) hidden = hidden.Detach();
            last.Add(loss.Item<float>());
        }
        return last.TakeLast(20).Average();
    }

    sealed class Shifted(bool inPlace) : Module
    {
        readonly Linear _first = new(6, 24), _second = new(24, 1);

        protected override Tensor Compute(Tensor input)
        {
            var h = _first.Forward(input).Tanh();
            if (inPlace) h.AddInPlace(0.5);
            else h += 0.5;
            return _second.Forward(h);
        }
    }

    static double InPlace(bool mended)
    {
        Rng.Seed(248);
        var (x, y) = Tables.Smooth(500, 6, 0.1, seed: 33);
        using var net = new Shifted(!mended);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var step = 0; step < 100; step++)
        {
            using var scope = Scope.New();
            adam.ZeroGrad();
            Loss.Mse(net.Forward(x), y).Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, x, y);
    }
}
