using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Gradients that vanish, explode, pile up or never come.</summary>
static class Flow
{
    public static CorpusProgram NeverZeroed { get; } = Fault.Tune(
        "zero-grad-missing", "MLP on digits, SGD; nobody clears the gradients", NoZero, ["PES404"], also: ["PES501", "PES403"]); // sums of gradients are steps too long, and they grow

    public static CorpusProgram ZeroedTooLate { get; } = Fault.Tune(
        "zero-grad-between-backward-and-step", "the gradients are cleared after backward, before the step", ZeroLate, ["PES404", "PES510"]); // cleared in the wrong place: no step has a gradient

    public static CorpusProgram DetachedFeatures { get; } = Fault.Tune(
        "detached-features", "the encoder's output is detached before the head, in a network that should learn as a whole", Detached, ["PES405"], also: ["PES503", "PES509"]); // the encoder never moves

    public static CorpusProgram TwelveSigmoids { get; } = Fault.Tune(
        "twelve-sigmoid-layers", "twelve layers of sigmoids on digits", Sigmoids, ["PES402"], also: ["PES507", "PES210"]); // sigmoids in their flat parts; another start would help as well

    public static CorpusProgram ExplodingRecurrence { get; } = Fault.Tune(
        "unclipped-recurrence", "forty steps of a linear recurrence whose matrix starts too large, no clipping", Recurrence, ["PES403", "PES210"]); // the matrix starts too large, that is what explodes

    public static CorpusProgram AlwaysClipped { get; } = Fault.Tune(
        "clipped-to-a-thousandth", "gradients are clipped to a norm of 0.001 at every step, under plain SGD", Clipped, ["PES406", "PES502"]); // each step is as long as a far smaller rate would make it

    public static CorpusProgram BackwardByHand { get; } = Fault.Tune(
        "hand-made-backward-without-relu", "gradients of a two-layer network by hand, the derivative of ReLU forgotten and the first layer's sign lost", ByHand, ["PES407"], also: ["PES308"]); // the first layer goes up

    static double NoZero(bool mended)
    {
        Rng.Seed(301);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 48, 10);
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (images, labels) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(images), labels);
                if (mended) sgd.ZeroGrad();
                loss.Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double ZeroLate(bool mended)
    {
        Rng.Seed(302);
        var (past, next) = Series.Windows(Series.Waves(700, 0.1, seed: 13), 14);
        using var net = new Mlp(14, 28, 1);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 560, [40]);
            var loss = Loss.Mse(net.Forward(past.IndexSelect(0, rows)), next.IndexSelect(0, rows));
            if (mended) adam.ZeroGrad();
            loss.Backward();
            if (!mended) adam.ZeroGrad();
            adam.Step();
        }
        return Judge.SquaredError(net, past[560..], next[560..]);
    }

    sealed class Encoded(bool joined) : Module
    {
        public Sequential Encoder { get; } = new(new Linear(2, 4), new Tanh(), new Linear(4, 4), new Tanh(), new Linear(4, 4));
        public Linear Head { get; } = new(4, 3);

        protected override Tensor Compute(Tensor input)
        {
            var features = Encoder.Forward(input);
            return Head.Forward(joined ? features : features.Detach());
        }
    }

    static double Detached(bool mended)
    {
        Rng.Seed(303);
        var (points, arms) = Plane.Spirals(800, 3, 0.05, seed: 15);
        using var net = new Encoded(mended);
        using var adam = new Adam(net.Parameters(), lr: 0.02);
        for (var step = 0; step < 300; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 640, [64]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(points.IndexSelect(0, rows)), arms.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, points[640..], arms[640..]);
    }

    static double Sigmoids(bool mended)
    {
        Rng.Seed(304);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        var layers = new List<Module> { new Flatten() };
        for (var i = 0; i < 12; i++)
        {
            layers.Add(new Linear(i == 0 ? 64 : 32, 32));
            layers.Add(mended ? new ReLU() : new Sigmoid());
        }
        layers.Add(new Linear(32, 10));
        using var net = new Sequential(layers);
        if (mended) InitScheme.He.Apply(net);
        using var sgd = new SGD(net.Parameters(), lr: 0.02, momentum: 0.9);
        for (var epoch = 0; epoch < 12; epoch++)
            foreach (var (images, labels) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    sealed class Adder(double scale) : Module
    {
        public Linear In { get; } = new(1, 12);
        public Linear Again { get; } = Scaled(new Linear(12, 12, bias: false), scale);
        public Linear Out { get; } = new(12, 1);

        static Linear Scaled(Linear layer, double scale)
        {
            using var quiet = Autograd.NoGrad();
            layer.Weight.CopyInPlace(Tensor.Eye(12) * scale);
            return layer;
        }

        protected override Tensor Compute(Tensor input) // [N, T]
        {
            var state = Tensor.Zeros([input.Size(0), 12]);
            for (var t = 0; t < input.Size(1); t++) state = Again.Forward(state) + In.Forward(input.Narrow(1, t, 1));
            return Out.Forward(state);
        }
    }

    static double Recurrence(bool mended)
    {
        Rng.Seed(305);
        var x = Tensor.Randn([400, 40]);
        var y = x.Mean(1, keepDim: true) * 6; // mean of 40: deviation about 1
        using var net = new Adder(mended ? 0.6 : 1.5);
        using var sgd = new SGD(net.Parameters(), lr: 2e-3, momentum: 0.5);
        for (var step = 0; step < 100; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 320, [40]);
            sgd.ZeroGrad();
            var loss = Loss.Mse(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows));
            loss.Backward();
            sgd.Step();
        }
        return Judge.SquaredError(net, x[320..], y[320..]);
    }

    static double Clipped(bool mended)
    {
        Rng.Seed(306);
        var (x, y) = Tables.Quadratic(900, 6, 4, seed: 41);
        using var net = new Mlp(6, 40, 4);
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 700, [50]);
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            GradientClip.ByNorm(net.Parameters(), mended ? 5 : 0.001);
            sgd.Step();
        }
        return Judge.ErrorRate(net, x[700..], y[700..]);
    }

    static double ByHand(bool mended)
    {
        Rng.Seed(307);
        var (x, y) = Tables.Smooth(700, 5, 0.05, seed: 42);
        using var hidden = new Linear(5, 40);
        using var output = new Linear(40, 1);
        using var sgd = new SGD([.. hidden.Parameters(), .. output.Parameters()], lr: 0.05);
        var last = 0f;
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            using var quiet = Autograd.NoGrad();
            var z = hidden.Forward(x);
            var h = Functional.Relu(z);
            var error = output.Forward(h) - y;
            last = error.Square().Mean().Item<float>();
            var dOut = error * (2.0 / x.Size(0));
            output.Weight.Grad = dOut.T().MatMul(h);
            output.Bias!.Grad = dOut.Sum(0);
            var dHidden = dOut.MatMul(output.Weight);
            if (mended) dHidden *= z.Gt(0).To(DType.Float32);
            else dHidden = -dHidden;
            hidden.Weight.Grad = dHidden.T().MatMul(x);
            hidden.Bias!.Grad = dHidden.Sum(0);
            sgd.Step();
        }
        return last;
    }
}
