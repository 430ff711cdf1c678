using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Terms and scales of the loss.</summary>
static class Reductions
{
    public static CorpusProgram HeavyKl { get; } = Fault.Report(
        "vae-heavy-kl", "variational autoencoder of bars whose KL term weighs 500 times as much: the code says nothing", Vae, ["PES314"]);

    public static CorpusProgram SummedSquares { get; } = Fault.Report(
        "summed-squares", "squared error summed over batches of different size, small learning rate", Sum, ["PES312"], harmless: true);

    public static CorpusProgram LogSoftmaxTensor { get; } = Fault.Report(
        "functional-log-softmax-cross-entropy", "next token of a chain; log-softmax in the step, before cross-entropy", Twice, ["PES303"], harmless: true);

    public static CorpusProgram SharpScores { get; } = Fault.Report(
        "scores-times-hundred", "scores are multiplied by 100 before cross-entropy: the loss starts far above ln K", Sharp, ["PES311"]);

    public static CorpusProgram History { get; } = Fault.Report(
        "history-of-losses-with-graph", "a convolutional network that keeps every loss tensor in a list", Kept, ["PES315"], also: ["PES801"], harmless: true); // memory grows by it

    sealed class Vae16(int pixels) : Module
    {
        public Linear Encode { get; } = new(pixels, 48);
        public Linear Code { get; } = new(48, 16);
        public Linear Decode { get; } = new(8, 48);
        public Linear Draw { get; } = new(48, pixels);
        Tensor? _kl;

        public Tensor Kl => _kl!;

        protected override Tensor Compute(Tensor input)
        {
            var code = Code.Forward(Functional.Relu(Encode.Forward(input)));
            Tensor mean = code.Narrow(1, 0, 8), logVariance = code.Narrow(1, 8, 8);
            _kl = -0.5 * (1 + logVariance - mean.Square() - logVariance.Exp()).Sum(1).Mean();
            var z = Training ? mean + (0.5 * logVariance).Exp() * mean.RandnLike() : mean;
            return Draw.Forward(Functional.Relu(Decode.Forward(z)));
        }
    }

    static double Vae(bool mended)
    {
        Rng.Seed(101);
        var (images, _) = Pictures.Bars(700, 5, 0.2, seed: 9);
        var x = images.Flatten(1);
        var beta = mended ? 1.0 : 500.0;
        using var net = new Vae16(25);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var batch = x.IndexSelect(0, Tensor.RandInt(0, 600, [50]));
            var drawn = Loss.BceWithLogits(net.Forward(batch), batch, reduction: Reduction.Sum) / 50;
            var loss = drawn + beta * net.Kl;
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        net.Eval();
        using var quiet = Autograd.NoGrad();
        return net.Forward(x[600..]).Gt(0).Ne(x[600..]).To(DType.Float32).Mean().Item<float>();
    }

    static double Sum(bool mended)
    {
        Rng.Seed(102);
        var (x, y) = Tables.Smooth(700, 5, 0.1, seed: 12);
        using var net = new Sequential(new Linear(5, 32), new Tanh(), new Linear(32, 1));
        using var sgd = new SGD(net.Parameters(), lr: mended ? 0.1 : 0.1 / 45, momentum: 0.8);
        using var data = new TensorDataset(x[..560], y[..560]);
        foreach (var epoch in Enumerable.Range(0, 15))
            foreach (var (input, target) in new Loader(data, 45, seed: epoch))
            {
                using var scope = Scope.New();
                var squares = (net.Forward(input) - target).Square();
                sgd.ZeroGrad();
                (mended ? squares.Mean() : squares.Sum()).Backward();
                sgd.Step();
            }
        return Judge.SquaredError(net, x[560..], y[560..]);
    }

    static double Twice(bool mended)
    {
        Rng.Seed(103);
        var ids = Words.Chain(3000, 20, 2, seed: 3);
        var (now, next) = (Tensor.From(ids.AsSpan(0, 2999)), Tensor.From(ids.AsSpan(1, 2999)));
        var net = new Sequential(new Embedding(20, 16), new Linear(16, 20));
        var optimizer = new AdamW(net.Parameters(), lr: 0.02);
        for (var i = 0; i < 120; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 2500, [100]);
            var scores = net.Forward(now.IndexSelect(0, rows));
            var loss = Loss.CrossEntropy(mended ? scores : Functional.LogSoftmax(scores), next.IndexSelect(0, rows));
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        return Judge.ErrorRate(net, now[2500..], next[2500..]);
    }

    static double Sharp(bool mended)
    {
        Rng.Seed(104);
        var (x, y) = Tables.Quadratic(900, 7, 4, seed: 3);
        var temperature = mended ? 1.0 : 0.01;
        using var net = new Sequential(new Linear(7, 48), new ReLU(), new Linear(48, 48), new ReLU(), new Linear(48, 4));
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 700, [64]);
            var scores = net.Forward(x.IndexSelect(0, rows)) / temperature;
            sgd.ZeroGrad();
            Loss.CrossEntropy(scores, y.IndexSelect(0, rows)).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, x[700..], y[700..]);
    }

    static double Kept(bool mended)
    {
        Rng.Seed(105);
        var (x, y) = Digits.Load(0, 800);
        using var data = new TensorDataset(x, y);
        using var net = new LeNet(10, 1, 8, 8);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        var history = new List<Tensor>();
        for (var epoch = 0; epoch < 5; epoch++)
            foreach (var (images, labels) in new Loader(data, 32, seed: epoch))
            {
                var loss = Loss.CrossEntropy(net.Forward(images), labels);
                adam.ZeroGrad();
                loss.Backward();
                adam.Step();
                history.Add(mended ? loss.Detach() : loss);
            }
        Console.WriteLine($"first {history[0].Item<float>()}, last {history[^1].Item<float>()}");
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }
}
