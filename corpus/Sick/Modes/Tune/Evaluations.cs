using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Modes, and numbers that say something other than they claim. What counts is how far the reported error is from the true one, or how
/// bad it is.</summary>
static class Evaluations
{
    public static CorpusProgram DropoutWhileEvaluating { get; } = Fault.Tune(
        "dropout-while-evaluating", "digits; validation after each epoch with dropout still on", DropoutOn, ["PES601"]);

    public static CorpusProgram EvalBeforeTraining { get; } = Fault.Tune(
        "eval-before-training", "a deep network with batch norm is put into evaluation mode and then trained", EvalFirst, ["PES602"], also: ["PES402"]); // without the batch's statistics no gradient comes through

    public static CorpusProgram ArgMaxOverBatch { get; } = Fault.Tune(
        "argmax-over-batch", "ten digits in batches of ten: the accuracy takes the largest score over the batch", OverBatch, ["PES603"]);

    public static CorpusProgram PerBatches { get; } = Fault.Tune(
        "accuracy-divided-by-batches", "right answers divided by the number of batches: an accuracy of 20", ByBatches, ["PES604"]);

    public static CorpusProgram GraphWhileEvaluating { get; } = Fault.Tune(
        "evaluation-records-a-graph", "validation after each epoch, with gradients recorded", WithGraph, ["PES605"], harmless: true);

    public static CorpusProgram TrainLoaderTwice { get; } = Fault.Tune(
        "validation-loader-over-training-rows", "the validation loader was made from the training set", TrainAsValidation, ["PES606"]);

    public static CorpusProgram OneHiddenUnit { get; } = Fault.Tune(
        "one-hidden-unit", "digits through a single hidden unit", OneUnit, ["PES607"]);

    public static CorpusProgram FortyDigits { get; } = Fault.Tune(
        "forty-digits-by-heart", "a wide MLP learns forty digits by heart and does badly on others", Forty, ["PES608", "PES114"]); // too few examples, and so it overfits

    public static CorpusProgram ShuffledPredictions { get; } = Fault.Tune(
        "predictions-in-another-order", "predictions collected in shuffled order are compared with labels in the order of the file", OtherOrder, ["PES610"]);

    public static CorpusProgram MajorityOnly { get; } = Fault.Tune(
        "one-in-forty", "one example in forty is positive, and the network never says so", Majority, ["PES110", "PES611"]); // the skew is the cause, the constant answer what it does

    static double DropoutOn(bool mended)
    {
        Rng.Seed(501);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        using var train = new TensorDataset(x, y);
        using var validation = new TensorDataset(xTest, yTest);
        using var net = new Mlp(64, 64, 10, depth: 2, dropout: 0.5);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var accuracy = 0.0;
        for (var epoch = 0; epoch < 8; epoch++)
        {
            net.Train();
            foreach (var (images, labels) in new Loader(train, 50, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
            if (mended) net.Eval();
            using var quiet = Autograd.NoGrad();
            var right = 0L;
            foreach (var (images, labels) in new Loader(validation, 100, shuffle: false))
                right += net.Forward(images).ArgMax(1).Eq(labels).Sum().Item<long>();
            accuracy = right / (double)validation.Count;
            Console.WriteLine($"epoch {epoch}: validation accuracy {accuracy}");
        }
        return 1 - accuracy;
    }

    static double EvalFirst(bool mended)
    {
        Rng.Seed(502);
        var (x, y) = Digits.Load(0, 1200);
        using var data = new TensorDataset(x, y);
        var layers = new List<Module> { new Flatten() };
        for (var i = 0; i < 10; i++) layers.AddRange([new Linear(i == 0 ? 64 : 32, 32), new BatchNorm1d(32), new ReLU()]);
        layers.Add(new Linear(32, 10));
        using var net = new Sequential(layers);
        if (!mended) net.Eval();
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (images, labels) in new Loader(data, 60, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double OverBatch(bool mended)
    {
        Rng.Seed(503);
        var (x, y) = Digits.Load(0, 1000);
        var (xTest, yTest) = Digits.Load(1000, 1790);
        using var net = new LeNet(10, 1, 8, 8);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var at = step * 10 % 1000;
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x[at..(at + 10)]), y[at..(at + 10)]).Backward();
            adam.Step();
        }
        var accuracy = new List<float>();
        net.Eval();
        using var quiet = Autograd.NoGrad();
        for (var at = 0; at < 790; at += 10)
        {
            var scores = net.Forward(xTest[at..(at + 10)]);
            var predicted = scores.ArgMax(mended ? 1 : 0);
            accuracy.Add(predicted.Eq(yTest[at..(at + 10)]).To(DType.Float32).Mean().Item<float>());
        }
        return 1 - accuracy.Average();
    }

    static double ByBatches(bool mended)
    {
        Rng.Seed(504);
        var (lengths, kinds) = Tables.Flowers(400, seed: 6);
        var x = Tables.Standardize(Tensor.From(lengths), 300);
        var y = Tensor.From(Array.ConvertAll(kinds, k => k - 1L));
        using var train = new TensorDataset(x[..300], y[..300]);
        using var test = new TensorDataset(x[300..], y[300..]);
        using var net = new Mlp(4, 12, 3);
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        foreach (var epoch in Enumerable.Range(0, 15))
            foreach (var (input, target) in new Loader(train, 25, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), target).Backward();
                sgd.Step();
            }
        net.Eval();
        using var quiet = Autograd.NoGrad();
        var loader = new Loader(test, 25, shuffle: false);
        var right = Tensor.Scalar(0);
        foreach (var (input, target) in loader) right += net.Forward(input).ArgMax(1).Eq(target).Sum();
        var accuracy = (right / (mended ? test.Count : loader.Count)).Item<float>();
        Console.WriteLine($"accuracy {accuracy}");
        return Math.Abs(1 - accuracy);
    }

    static double WithGraph(bool mended)
    {
        Rng.Seed(505);
        var (past, next) = Series.Windows(Series.Waves(800, 0.1, seed: 21), 12);
        using var train = new TensorDataset(past[..600], next[..600]);
        using var validation = new TensorDataset(past[600..], next[600..]);
        using var net = new Mlp(12, 24, 1);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var error = 0.0;

        double Evaluate()
        {
            net.Eval();
            var sum = 0.0;
            foreach (var (x, y) in new Loader(validation, 47, shuffle: false))
                sum += Loss.Mse(net.Forward(x), y, Reduction.Sum).Item<float>();
            net.Train();
            return sum / validation.Count;
        }

        for (var epoch = 0; epoch < 8; epoch++)
        {
            foreach (var (x, y) in new Loader(train, 30, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(x), y).Backward();
                adam.Step();
            }
            if (mended)
            {
                using var quiet = Autograd.NoGrad();
                error = Evaluate();
            }
            else
            {
                error = Evaluate();
            }
            Console.WriteLine($"epoch {epoch}: validation error {error}");
        }
        return error;
    }

    static double TrainAsValidation(bool mended)
    {
        Rng.Seed(506);
        var (x, y) = Digits.Load(0, 150);
        var (xNew, yNew) = Digits.Load(1000, 1500);
        using var train = new TensorDataset(x, y);
        using var held = new TensorDataset(xNew, yNew);
        using var net = new Mlp(64, 64, 10);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var trainLoader = new Loader(train, 30);
        var validationLoader = new Loader(mended ? held : train, 50, shuffle: false);
        var reported = 0.0;
        for (var epoch = 0; epoch < 25; epoch++)
        {
            net.Train();
            foreach (var (images, labels) in trainLoader)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
            net.Eval();
            using var quiet = Autograd.NoGrad();
            var wrong = 0L;
            foreach (var (images, labels) in validationLoader) wrong += net.Forward(images).ArgMax(1).Ne(labels).Sum().Item<long>();
            reported = (double)wrong / validationLoader.Data.Count;
        }
        return Math.Abs(reported - Judge.ErrorRate(net, xNew, yNew));
    }

    static double OneUnit(bool mended)
    {
        Rng.Seed(507);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        using var data = new TensorDataset(x, y);
        using var net = new Sequential(new Flatten(), new Linear(64, mended ? 32 : 1), new Tanh(), new Linear(mended ? 32 : 1, 10));
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var epoch = 0; epoch < 12; epoch++)
        {
            net.Train();
            foreach (var (images, labels) in new Loader(data, 50, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
            Console.WriteLine($"epoch {epoch}: error {Judge.ErrorRate(net, xTest, yTest)}");
        }
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double Forty(bool mended)
    {
        Rng.Seed(508);
        var (x, y) = Digits.Load(0, mended ? 1000 : 40);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        using var data = new TensorDataset(x, y);
        using var net = new Mlp(64, 256, 10, depth: 2);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        for (var epoch = 0; epoch < (mended ? 5 : 60); epoch++)
        {
            net.Train();
            foreach (var (images, labels) in new Loader(data, 20, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(images), labels).Backward();
                adam.Step();
            }
            net.Eval();
            using var quiet = Autograd.NoGrad();
            Console.WriteLine($"epoch {epoch}: validation loss {Loss.CrossEntropy(net.Forward(xTest), yTest).Item<float>()}");
        }
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double OtherOrder(bool mended)
    {
        Rng.Seed(509);
        var (counts, topics) = Words.Documents(700, 100, 5, 60, seed: 31);
        using var train = new TensorDataset(counts[..500].Log1p(), topics[..500]);
        using var test = new TensorDataset(counts[500..].Log1p(), topics[500..]);
        using var net = new Mlp(100, 24, 5);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        var accuracy = 0.0;
        for (var epoch = 0; epoch < 6; epoch++)
        {
            foreach (var (x, y) in new Loader(train, 25, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                adam.Step();
            }
            var predicted = new List<long>();
            var losses = new List<float>();
            using var quiet = Autograd.NoGrad();
            foreach (var (x, y) in new Loader(test, 40, shuffle: !mended))
            {
                var scores = net.Forward(x);
                losses.Add(Loss.CrossEntropy(scores, y).Item<float>());
                predicted.AddRange(scores.ArgMax(1).ToArray<long>());
            }
            accuracy = Tensor.From(predicted.ToArray()).Eq(test.Targets).To(DType.Float32).Mean().Item<float>();
            Console.WriteLine($"epoch {epoch}: loss {losses.Average()}, accuracy {accuracy}");
        }
        return 1 - accuracy;
    }

    static double Majority(bool mended)
    {
        Rng.Seed(510);
        var random = new Random(3);
        var x = new float[2000, 4];
        var y = new float[2000];
        for (var i = 0; i < 2000; i++)
        {
            y[i] = i % 40 == 0 ? 1 : 0;
            for (var j = 0; j < 4; j++) x[i, j] = (float)(random.Gaussian() + (y[i] == 1 && j < 2 ? 1.2 : 0));
        }
        var (inputs, targets) = (Tensor.From(x), Tensor.From(y, 2000, 1));
        using var net = new Mlp(4, 12, 1);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var weight = mended ? Tensor.From([39f]) : null;
        using var data = new TensorDataset(inputs[..1600], targets[..1600]);
        for (var epoch = 0; epoch < 6; epoch++)
            foreach (var (input, target) in new Loader(data, 40, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.BceWithLogits(net.Forward(input), target, positiveWeight: weight).Backward();
                adam.Step();
            }
        using var quiet = Autograd.NoGrad();
        var positive = net.Forward(inputs[1600..]).Gt(0).To(DType.Float32);
        return 1 - ((positive * targets[1600..]).Sum() / targets[1600..].Sum()).Item<float>(); // the share of positives that are missed
    }
}
