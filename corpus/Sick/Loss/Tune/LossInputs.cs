using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>The loss gets something other than what it expects.</summary>
static class LossInputs
{
    public static CorpusProgram SoftmaxModule { get; } = Fault.Tune(
        "softmax-module-cross-entropy", "the last layer of an MLP on digits is a softmax, and cross-entropy applies it again", SoftmaxTwice, ["PES302"]);

    public static CorpusProgram SigmoidTwice { get; } = Fault.Tune(
        "sigmoid-module-bce-with-logits", "two moons; the network ends in a sigmoid, the loss takes logits, and so does what answers", SigmoidBefore, ["PES304"]);

    public static CorpusProgram LogitsToNll { get; } = Fault.Tune(
        "logits-to-nll", "negative log-likelihood of raw scores: the loss falls without end", RawScores, ["PES305"]);

    public static CorpusProgram ProbabilitiesToNll { get; } = Fault.Tune(
        "probabilities-to-nll", "negative log-likelihood of softmax outputs, without their logarithm", Probabilities, ["PES305"]);

    static double SoftmaxTwice(bool mended)
    {
        Rng.Seed(5);
        var (x, y) = Digits.Load(0, 1000);
        List<Module> layers = [new Flatten(), new Linear(64, 48), new ReLU(), new Linear(48, 10)];
        if (!mended) layers.Add(new Softmax(1));
        using var net = new Sequential(layers);
        using var data = new TensorDataset(x, y);
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.5);
        var loader = new Loader(data, 50, seed: 3);
        for (var epoch = 0; epoch < 8; epoch++)
            foreach (var (input, target) in loader)
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(input), target);
                sgd.ZeroGrad();
                loss.Backward();
                sgd.Step();
            }
        var (xTest, yTest) = Digits.Load(1000, 1797);
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double SigmoidBefore(bool mended)
    {
        Rng.Seed(6);
        var (points, classes) = Plane.Moons(800, 0.12, seed: 9);
        var y = classes.To(DType.Float32).Unsqueeze(1);
        Module last = mended ? new Identity() : new Sigmoid();
        using var net = new Sequential(new Linear(2, 32), new ReLU(), new Linear(32, 32), new ReLU(), new Linear(32, 1), last);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 600, [64]);
            adam.ZeroGrad();
            Loss.BceWithLogits(net.Forward(points.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        var positive = Functional.Sigmoid(net.Forward(points[600..])).Gt(0.5);
        return positive.Ne(y[600..]).To(DType.Float32).Mean().Item<float>();
    }

    static double RawScores(bool mended)
    {
        Rng.Seed(7);
        var (counts, topics) = Words.Documents(600, 120, 6, 60, seed: 5);
        using var net = new LinearModel(120, 6);
        using var sgd = new SGD(net.Parameters(), lr: 0.05);
        for (var step = 0; step < 120; step++)
        {
            using var scope = Scope.New();
            var at = step * 40 % 480;
            var scores = net.Forward(counts[at..(at + 40)]);
            if (mended) scores = Functional.LogSoftmax(scores, 1);
            sgd.ZeroGrad();
            Loss.Nll(scores, topics[at..(at + 40)]).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, counts[480..], topics[480..]);
    }

    static double Probabilities(bool mended)
    {
        Rng.Seed(8);
        var (images, kinds) = Digits.Only(0, 4, 0, 1000);
        using var net = new LeNet(5, 1, 8, 8);
        using var adam = new SGD(net.Parameters(), lr: 0.01, momentum: 0.9);
        for (var step = 0; step < 120; step++)
        {
            using var scope = Scope.New();
            var at = step * 25 % 400;
            var output = net.Forward(images[at..(at + 25)]);
            var p = mended ? Functional.LogSoftmax(output) : Functional.Softmax(output);
            var loss = Loss.Nll(p, kinds[at..(at + 25)]);
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        return Judge.ErrorRate(net, images[400..], kinds[400..]);
    }
}
