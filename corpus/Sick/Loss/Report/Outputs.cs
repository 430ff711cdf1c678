using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Outputs of the wrong range, and distributions over the wrong axis.</summary>
static class Outputs
{
    public static CorpusProgram SigmoidCount { get; } = Fault.Report(
        "sigmoid-on-count", "counting dots, 0 to 8, with a convolutional network that ends in a sigmoid", Count, ["PES203"], also: ["PES507"]); // it pushes its output to 1

    public static CorpusProgram SoftmaxOfOne { get; } = Fault.Report(
        "softmax-over-one-unit", "binary answer from one unit through a softmax: always 1", OneUnit, ["PES203"], also: ["PES611", "PES405"]); // constant answer; its gradient is exactly 0

    public static CorpusProgram LogSoftmaxOverBatch { get; } = Fault.Report(
        "log-softmax-over-batch-module", "LogSoftmax(0) as the last module before NLL, documents in batches of 48", Module0, ["PES307"]);

    public static CorpusProgram SoftmaxOverTime { get; } = Fault.Report(
        "softmax-over-time", "next letter at each of 12 places, [N, T, K]; the softmax runs over T", OverTime, ["PES307"]);

    static double Count(bool mended)
    {
        Rng.Seed(41);
        var (images, counts) = Pictures.Dots(600, 8, 8, seed: 5);
        var y = counts.Unsqueeze(1);
        Module head = mended ? new Identity() : new Sigmoid();
        using var net = new Sequential(new Conv2d(1, 6, 3, padding: 1), new ReLU(), new Flatten(), new Linear(6 * 64, 1), head);
        using var data = new TensorDataset(images[..480], y[..480]);
        using var rms = new RMSprop(net.Parameters(), lr: 2e-3);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var batch in new Loader(data, 40, seed: 100 + epoch))
            {
                using var scope = Scope.New();
                rms.ZeroGrad();
                var loss = Loss.Mse(net.Forward(batch.Inputs), batch.Targets);
                loss.Backward();
                rms.Step();
            }
        return Judge.SquaredError(net, images[480..], y[480..]);
    }

    static double OneUnit(bool mended)
    {
        Rng.Seed(42);
        var (points, side) = Plane.Ring(500, 2, 1, 0.4, seed: 7);
        var y = side.To(DType.Float32).Reshape(-1, 1);
        var hidden = new Linear(2, 16);
        var output = new Linear(16, 1);
        Tensor Answer(Tensor x)
        {
            var score = output.Forward(Functional.Relu(hidden.Forward(x)));
            return mended ? Functional.Sigmoid(score) : Functional.Softmax(score, 1);
        }

        var optimizer = new Adam([.. hidden.Parameters(), .. output.Parameters()], lr: 0.01);
        for (var i = 0; i < 120; i++)
        {
            using var scope = Scope.New();
            var loss = Loss.Bce(Answer(points[..400]), y[..400]);
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        return Answer(points[400..]).Gt(0.5).Ne(y[400..]).To(DType.Float32).Mean().Item<float>();
    }

    static double Module0(bool mended)
    {
        Rng.Seed(43);
        var (counts, topics) = Words.Documents(700, 150, 5, 25, seed: 6);
        var x = counts.Log1p();
        using var net = new Sequential(new Linear(150, 30), new ReLU(), new Linear(30, 5), new LogSoftmax(mended ? 1 : 0));
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        using var data = new TensorDataset(x[..576], topics[..576]);
        var loader = new Loader(data, 48, seed: 9);
        for (var epoch = 0; epoch < 8; epoch++)
        {
            foreach (var (documents, target) in loader)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.Nll(net.Forward(documents), target).Backward();
                sgd.Step();
            }
        }
        return Enumerable.Range(576, 124).Average(i => Judge.ErrorRate(net, x[i..(i + 1)], topics[i..(i + 1)])); // as documents come in: one by one
    }

    static double OverTime(bool mended)
    {
        Rng.Seed(44);
        const int Length = 12;
        var (ids, alphabet) = Words.Letters(4000, seed: 1);
        var k = alphabet.Length;
        var count = (ids.Length - 1) / Length;
        var x = Tensor.From(ids.AsSpan(0, count * Length), count, Length);
        var y = Tensor.From(ids.AsSpan(1, count * Length), count, Length);
        using var net = new Sequential(new Embedding(k, 24), new Linear(24, 48), new ReLU(), new Linear(48, k));
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, count - 60, [32]);
            var scores = net.Forward(x.IndexSelect(0, rows)); // [N, T, K]
            var log = Functional.LogSoftmax(scores, mended ? 2 : 1);
            var loss = Loss.Nll(log.Flatten(0, 1), y.IndexSelect(0, rows).Flatten());
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(net.Forward(x[(count - 60)..]).Flatten(0, 1), y[(count - 60)..].Flatten());
    }
}
