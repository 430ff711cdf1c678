using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Bad first weights and too much noise.</summary>
static class Beginnings
{
    public static CorpusProgram ConstantHalf { get; } = Fault.Report(
        "constant-weights", "regression whose hidden weights are all 0.1: its units stay equal", Constant, ["PES209"]);

    public static CorpusProgram LargeConvolutions { get; } = Fault.Report(
        "convolution-weights-of-deviation-three", "a convolutional network started with normal numbers of deviation 3", Large, ["PES210"], also: ["PES311", "PES403"]); // loss and gradients start far too large

    public static CorpusProgram SmallInDepth { get; } = Fault.Report(
        "hundredth-weights-in-ten-layers", "ten ReLU layers with weights of deviation 0.01", Small, ["PES210"], also: ["PES402"]); // no gradient reaches the first layers

    public static CorpusProgram DroppedInput { get; } = Fault.Report(
        "dropout-on-inputs-ninety-seven", "documents; the share to keep was given as the share to drop: 0.97 of the inputs", Inputs, ["PES211"]);

    static double Constant(bool mended)
    {
        Rng.Seed(231);
        var (x, y) = Tables.Smooth(900, 6, 0.05, seed: 17);
        using var hidden = new Linear(6, 40);
        using var output = new Linear(40, 1);
        if (!mended)
            foreach (var p in hidden.Parameters().Concat(output.Parameters())) Init.Constant(p, 0.1);
        Tensor Predict(Tensor input) => output.Forward(Functional.Tanh(hidden.Forward(input)));
        using var adam = new Adam([.. hidden.Parameters(), .. output.Parameters()], lr: 0.01);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 700, [70]);
            adam.ZeroGrad();
            Loss.Mse(Predict(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Loss.Mse(Predict(x[700..]), y[700..]).Item<float>();
    }

    static double Large(bool mended)
    {
        Rng.Seed(232);
        var (x, y) = Digits.Only(0, 5, 0, 1200);
        using var net = new Sequential(new Conv2d(1, 8, 3, padding: 1), new ReLU(), new Conv2d(8, 16, 3, stride: 2), new ReLU(), new Flatten(), new Linear(144, 6));
        if (!mended)
            foreach (var (name, p) in net.NamedParameters())
                if (name.EndsWith("weight", StringComparison.Ordinal)) Init.Normal(p, std: 3);
        using var sgd = new SGD(net.Parameters(), lr: 0.01, momentum: 0.9);
        using var data = new TensorDataset(x[..560], y[..560]);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var (images, labels) in new Loader(data, 28, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
            }
        return Judge.ErrorRate(net, x[560..], y[560..]);
    }

    static double Small(bool mended)
    {
        Rng.Seed(233);
        var (x, y) = Tables.Quadratic(900, 5, 3, seed: 19);
        using var net = new Mlp(5, 32, 3, depth: 10, init: mended ? InitScheme.He : InitScheme.Normal(0.01));
        using var adam = new AdamW(net.Parameters(), lr: 1e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 720, [60]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[720..], y[720..]);
    }

    static double Inputs(bool mended)
    {
        Rng.Seed(234);
        var (counts, topics) = Words.Documents(800, 120, 5, 60, seed: 12);
        var x = counts.Log1p();
        using var net = new Sequential(new Dropout(mended ? 0.03 : 0.97), new Linear(120, 32), new GELU(), new Linear(32, 5));
        using var rms = new RMSprop(net.Parameters(), lr: 2e-3);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 640, [32]);
            rms.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), topics.IndexSelect(0, rows)).Backward();
            rms.Step();
        }
        return Judge.ErrorRate(net, x[640..], topics[640..]);
    }
}
