using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Evaluations written by hand on plain tensors, and numbers that are worked out outside of the tensors.</summary>
static class ByHand
{
    public static CorpusProgram BatchNormWhileCounting { get; } = Fault.Tune(
        "batch-norm-while-counting-errors", "errors are counted on slices sorted by kind, with batch norm in training mode; no loss is computed", BatchNormOn, ["PES601"]);

    public static CorpusProgram ArgMaxOfOneScore { get; } = Fault.Tune(
        "largest-of-one-score", "one logit, yes or no: the accuracy takes the largest of one score, which is always the first", OneScore, ["PES603"]);

    public static CorpusProgram PrintedPerRows { get; } = Fault.Tune(
        "batch-accuracies-over-rows", "accuracies of batches are added up and divided by the number of rows", PerRows, ["PES604"]);

    public static CorpusProgram GraphOnSlices { get; } = Fault.Tune(
        "validation-slice-with-graph", "the validation slice goes through the network with gradients recorded, and its loss is printed", GraphOnSlice, ["PES605"], harmless: true);

    public static CorpusProgram LastRowsOfTraining { get; } = Fault.Tune(
        "last-rows-of-training-again", "the last hundred rows are validation, and nobody took them out of training", LastRows, ["PES606", "PES112"]);

    public static CorpusProgram LabelsOfTheBatchBefore { get; } = Fault.Tune(
        "labels-of-the-batch-before", "the training accuracy compares answers with the labels of the batch before", BatchBefore, ["PES610"]);

    static double BatchNormOn(bool mended)
    {
        Rng.Seed(2101);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        var order = yTest.ArgSort();
        (xTest, yTest) = (xTest.IndexSelect(0, order), yTest.IndexSelect(0, order));
        using var net = new Sequential(new Flatten(), new Linear(64, 48), new BatchNorm1d(48), new ReLU(), new Linear(48, 10));
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);
        var error = 0.0;
        for (var epoch = 0; epoch < 5; epoch++)
        {
            for (var at = 0; at < 1200; at += 40)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x[at..(at + 40)]), y[at..(at + 40)]).Backward();
                sgd.Step();
            }
            if (mended) net.Eval();
            using (Autograd.NoGrad())
            {
                var wrong = 0L;
                for (var at = 0; at + 50 <= yTest.Size(0); at += 50) wrong += net.Forward(xTest[at..(at + 50)]).ArgMax(1).Ne(yTest[at..(at + 50)]).Sum().Item<long>();
                error = wrong / 550.0;
            }
            net.Train();
        }
        return error;
    }

    static double OneScore(bool mended)
    {
        Rng.Seed(2102);
        var (points, classes) = Plane.Moons(800, 0.15, seed: 211);
        var y = classes.To(DType.Float32).Unsqueeze(1);
        using var net = new Mlp(2, 24, 1);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        var accuracy = 0.0;
        for (var epoch = 0; epoch < 10; epoch++)
        {
            for (var at = 0; at < 600; at += 30)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.BceWithLogits(net.Forward(points[at..(at + 30)]), y[at..(at + 30)]).Backward();
                adam.Step();
            }
            net.Eval();
            using var quiet = Autograd.NoGrad();
            var scores = net.Forward(points[600..]);
            var answers = mended ? scores.Gt(0).To(DType.Int64).Squeeze(1) : scores.ArgMax(1);
            accuracy = answers.Eq(classes[600..]).To(DType.Float32).Mean().Item<float>();
            net.Train();
        }
        return 1 - accuracy;
    }

    static double PerRows(bool mended)
    {
        Rng.Seed(2103);
        var (counts, topics) = Words.Documents(900, 80, 4, 50, seed: 212);
        var x = counts.Log1p();
        using var train = new TensorDataset(x[..600], topics[..600]);
        using var test = new TensorDataset(x[600..], topics[600..]);
        using var net = new Mlp(80, 24, 4);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var accuracy = 0.0;
        for (var epoch = 0; epoch < 6; epoch++)
        {
            foreach (var (input, target) in new Loader(train, 30, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), target).Backward();
                adam.Step();
            }
            using var quiet = Autograd.NoGrad();
            var sum = 0.0;
            var loader = new Loader(test, 50, shuffle: false);
            foreach (var (input, target) in loader) sum += net.Forward(input).ArgMax(1).Eq(target).To(DType.Float32).Mean().Item<float>();
            accuracy = sum / (mended ? loader.Count : test.Count);
            Console.WriteLine($"epoch {epoch}: test accuracy {accuracy:0.0000}");
        }
        return 1 - accuracy;
    }

    static double GraphOnSlice(bool mended)
    {
        Rng.Seed(2104);
        var (x, y) = Tables.Smooth(900, 7, 0.1, seed: 213);
        using var net = new Mlp(7, 32, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.05);
        var last = 0.0;
        for (var epoch = 0; epoch < 6; epoch++)
        {
            for (var at = 0; at < 700; at += 35)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.Mse(net.Forward(x[at..(at + 35)]), y[at..(at + 35)]).Backward();
                sgd.Step();
            }
            using var quiet = mended ? Autograd.NoGrad() : Autograd.EnableGrad();
            last = Loss.Mse(net.Forward(x[700..]), y[700..]).Item<float>();
            Console.WriteLine($"validation loss {last:0.0000}");
        }
        return last;
    }

    static double LastRows(bool mended)
    {
        Rng.Seed(2105);
        var (x, y) = Tables.Quadratic(700, 10, 4, seed: 214);
        var rows = mended ? 200 : 300;
        using var net = new Mlp(10, 128, 4);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        var reported = 0.0;
        for (var epoch = 0; epoch < 25; epoch++)
        {
            for (var at = 0; at < rows; at += 25)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x[at..(at + 25)]), y[at..(at + 25)]).Backward();
                adam.Step();
            }
            using var quiet = Autograd.NoGrad();
            reported = net.Forward(x[200..300]).ArgMax(1).Eq(y[200..300]).To(DType.Float32).Mean().Item<float>();
            Console.WriteLine($"epoch {epoch}: validation accuracy {reported:0.000}");
        }
        return Math.Abs(1 - reported - Judge.ErrorRate(net, x[300..], y[300..]));
    }

    static double BatchBefore(bool mended)
    {
        Rng.Seed(2106);
        var (x, y) = Digits.Load(0, 1500);
        using var net = new Mlp(64, 48, 10);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var before = y[..50];
        var accuracies = new List<float>();
        for (var epoch = 0; epoch < 6; epoch++)
            for (var at = 0; at < 1500; at += 50)
            {
                using var scope = Scope.New();
                var labels = y[at..(at + 50)];
                var scores = net.Forward(x[at..(at + 50)]);
                adam.ZeroGrad();
                Loss.CrossEntropy(scores, labels).Backward();
                adam.Step();
                accuracies.Add(scores.ArgMax(1).Eq(mended ? labels : before).To(DType.Float32).Mean().Item<float>());
                before = labels.Keep();
            }
        return 1 - accuracies.TakeLast(30).Average();
    }
}
