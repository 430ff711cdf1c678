using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>The last layer cannot say what the target asks for, or along which axis.</summary>
static class OutputActivations
{
    public static CorpusProgram ReluForecast { get; } = Fault.Tune(
        "relu-on-forecast", "forecast of a standardized series, half of it negative, by a network that ends in ReLU", Forecast, ["PES203"], also: ["PES506"]); // the one output unit is off for half of the rows

    public static CorpusProgram ReluLogits { get; } = Fault.Tune(
        "relu-on-logits", "digits; a ReLU stands between the last layer and cross-entropy", Logits, ["PES203"], also: ["PES506"]); // outputs that are never above zero never learn

    public static CorpusProgram SoftmaxOverBatch { get; } = Fault.Tune(
        "softmax-over-batch-by-hand", "hand-written cross-entropy whose softmax runs over the examples", OverBatch, ["PES307"], also: ["PES702"]); // log(softmax) by hand

    static double Forecast(bool mended)
    {
        Rng.Seed(31);
        var (past, next) = Series.Windows(Series.MackeyGlass(900, seed: 1), 12);
        var layers = new List<Module> { new Linear(12, 32), new Tanh(), new Linear(32, 1) };
        if (!mended) layers.Add(new ReLU());
        var net = new Sequential(layers);
        var optimizer = new Adam(net.Parameters(), lr: 5e-3);
        for (var i = 0; i < 250; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 700, [64]);
            var loss = Loss.Mse(net.Forward(past.IndexSelect(0, rows)), next.IndexSelect(0, rows));
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        return Judge.SquaredError(net, past[700..], next[700..]);
    }

    sealed class Classifier : Module
    {
        readonly bool _rectify;

        public Classifier(bool rectify) => _rectify = rectify;

        public Flatten Flat { get; } = new();
        public Linear In { get; } = new(64, 40);
        public Linear Out { get; } = new(40, 10);

        protected override Tensor Compute(Tensor input)
        {
            var h = Functional.Relu(In.Forward(Flat.Forward(input)));
            var scores = Out.Forward(h);
            return _rectify ? Functional.Relu(scores) : scores;
        }
    }

    static double Logits(bool mended)
    {
        Rng.Seed(32);
        var (x, y) = Digits.Load(0, 1400);
        using var data = new TensorDataset(x, y);
        using var net = new Classifier(!mended);
        using var sgd = new SGD(net.Parameters(), lr: 0.3, momentum: 0.9);
        var loader = new Loader(data, 100, seed: 2);
        while (loader.Epoch < 12)
            foreach (var (images, labels) in loader)
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(images), labels);
                sgd.ZeroGrad();
                loss.Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1400, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double OverBatch(bool mended)
    {
        Rng.Seed(33);
        var (x, y) = Tables.Quadratic(900, 6, 4, seed: 2);
        var net = new Mlp(6, 64, 4);
        var adam = new Adam(net.Parameters(), lr: 3e-3);
        var classDimension = mended ? 1 : 0;
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 700, [128]);
            var p = Functional.Softmax(net.Forward(x.IndexSelect(0, rows)), classDimension);
            var loss = -(p.Log() * y.IndexSelect(0, rows).OneHot(4)).Sum(1).Mean();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, x[700..], y[700..]);
    }
}
