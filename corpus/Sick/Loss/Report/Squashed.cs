using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Squashed too often, or not at all.</summary>
static class Squashed
{
    public static CorpusProgram FunctionalSoftmax { get; } = Fault.Report(
        "functional-softmax-in-step", "eight clouds on a circle; the training step makes probabilities before cross-entropy", Clouds, ["PES302"]);

    public static CorpusProgram MultiLabel { get; } = Fault.Report(
        "sigmoid-in-compute-multi-label", "which bars are lit, one sigmoid each inside of the network and one in the loss", Bars, ["PES304"]);

    public static CorpusProgram ScoresToBce { get; } = Fault.Report(
        "raw-scores-to-bce", "binary cross-entropy of raw scores: stops at the first step", RawBce, ["PES305"]);

    public static CorpusProgram KlOfProbabilities { get; } = Fault.Report(
        "kl-of-probabilities", "distillation of soft labels with KL divergence, which gets probabilities where it expects their logarithms", Kl, ["PES305"]);

    static double Clouds(bool mended)
    {
        Rng.Seed(21);
        var (points, clouds) = Plane.Ring(900, 8, 2, 0.35, seed: 8);
        using var net = new Sequential(new Linear(2, 40), new GELU(), new Linear(40, 8));
        using var optimizer = new SGD(net.Parameters(), lr: 0.2, momentum: 0.5);
        using var data = new TensorDataset(points[..700], clouds[..700]);

        void Step(Tensor x, Tensor y)
        {
            using var scope = Scope.New();
            var logits = net.Forward(x);
            var prediction = mended ? logits : Functional.Softmax(logits, 1);
            optimizer.ZeroGrad();
            Loss.CrossEntropy(prediction, y).Backward();
            optimizer.Step();
        }

        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var batch in new Loader(data, 35, seed: epoch))
                Step(batch.Inputs, batch.Targets);
        return Judge.ErrorRate(net, points[700..], clouds[700..]);
    }

    sealed class Tagger(int pixels, int tags, bool squash) : Module
    {
        public Linear Hidden { get; } = new(pixels, 64);
        public Linear Output { get; } = new(64, tags);

        protected override Tensor Compute(Tensor input)
        {
            var scores = Output.Forward(Functional.Relu(Hidden.Forward(input.Flatten(1))));
            return squash ? Functional.Sigmoid(scores) : scores;
        }
    }

    static double Bars(bool mended)
    {
        Rng.Seed(22);
        var (images, bars) = Pictures.Bars(800, 6, 0.25, seed: 3);
        var net = new Tagger(36, 12, squash: !mended);
        var optimizer = new AdamW(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 8; epoch++)
            for (var at = 0; at < 640; at += 32)
            {
                using var scope = Scope.New();
                var output = net.Forward(images[at..(at + 32)]);
                var loss = Loss.BceWithLogits(output, bars[at..(at + 32)]);
                net.ZeroGrad();
                loss.Backward();
                optimizer.Step();
            }
        using var quiet = Autograd.NoGrad();
        var probabilities = Functional.Sigmoid(net.Forward(images[640..]));
        return probabilities.Ge(0.5).To(DType.Float32).Ne(bars[640..]).To(DType.Float32).Mean().Item<float>();
    }

    static double RawBce(bool mended)
    {
        Rng.Seed(23);
        var (x, kind) = Tables.Quadratic(400, 8, 2, seed: 4);
        var y = kind.To(DType.Float32).Unsqueeze(1);
        var net = new Mlp(8, 24, 1, depth: 2, init: InitScheme.PyTorch);
        var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);
        foreach (var _ in Enumerable.Range(0, 100))
        {
            sgd.ZeroGrad();
            var score = net.Forward(x);
            Loss.Bce(mended ? Functional.Sigmoid(score) : score, y).Backward();
            sgd.Step();
        }
        return 1 - net.Forward(x).Gt(0).Eq(y).To(DType.Float32).Mean().Item<float>();
    }

    static double Kl(bool mended)
    {
        Rng.Seed(24);
        var (x, _) = Tables.Quadratic(500, 10, 5, seed: 14);
        using var teacher = new Mlp(10, 50, 5, init: InitScheme.Normal(0.5));
        Tensor soft;
        using (Autograd.NoGrad()) soft = Functional.Softmax(teacher.Forward(x), 1);
        using var student = new Mlp(10, 20, 5);
        using var optimizer = new Adam(student.Parameters(), lr: 0.01);
        for (var i = 0; i < 200; i++)
        {
            using var scope = Scope.New();
            var answer = student.Forward(x[..400]);
            var p = mended ? Functional.LogSoftmax(answer, 1) : Functional.Softmax(answer, 1);
            optimizer.ZeroGrad();
            Loss.KlDivergence(p, soft[..400]).Backward();
            optimizer.Step();
        }
        return Judge.ErrorRate(student, x[400..], soft[400..].ArgMax(1));
    }
}
