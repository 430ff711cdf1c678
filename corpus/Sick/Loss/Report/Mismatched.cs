using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>The loss compares the wrong things.</summary>
static class Mismatched
{
    public static CorpusProgram SqueezedOutput { get; } = Fault.Report(
        "squeezed-output-smooth-l1-by-hand", "house prices; the network squeezes its output, the target keeps its column, absolute error by hand", Squeezed, ["PES306"]);

    public static CorpusProgram AnswersAsLabels { get; } = Fault.Report(
        "answers-as-labels", "flowers; a mixed-up variable gives cross-entropy the network's own answers as labels", OwnAnswers, ["PES313"]);

    public static CorpusProgram DistanceOfKinds { get; } = Fault.Report(
        "l1-on-unordered-kinds", "six clouds on a circle, told apart by the absolute distance of their numbers", Kinds, ["PES310"]);

    sealed class Appraiser : Module
    {
        readonly Linear _one = new(5, 32), _two = new(32, 16), _three = new(16, 1);

        protected override Tensor Compute(Tensor input) =>
            _three.Forward(Functional.Elu(_two.Forward(Functional.Elu(_one.Forward(input))))).Squeeze(1); // [N]
    }

    static double Squeezed(bool mended)
    {
        Rng.Seed(61);
        var (columns, prices) = Tables.Houses(600, seed: 5);
        var x = Tables.Standardize(Tensor.From(columns), 480);
        var y = Tables.Standardize(Tensor.From(prices, 600, 1), 480);
        if (mended) y = y.Squeeze(1);
        using var net = new Appraiser();
        using var optimizer = new Adam(net.Parameters(), lr: 4e-3);
        var losses = new List<float>();
        for (var epoch = 0; epoch < 20; epoch++)
            for (var from = 0; from < 480; from += 60)
            {
                using var scope = Scope.New();
                optimizer.ZeroGrad();
                var loss = (net.Forward(x[from..(from + 60)]) - y[from..(from + 60)]).Abs().Mean();
                loss.Backward();
                optimizer.Step();
                losses.Add(loss.Item<float>());
            }
        using var quiet = Autograd.NoGrad();
        return (net.Forward(x[480..]) - y[480..].Flatten()).Abs().Mean().Item<float>();
    }

    static double OwnAnswers(bool mended)
    {
        Rng.Seed(62);
        var (lengths, kinds) = Tables.Flowers(300, seed: 7);
        var x = Tables.Standardize(Tensor.From(lengths), 240);
        var kind = Tensor.From(Array.ConvertAll(kinds, k => k - 1L));
        using var net = new Sequential(new Linear(4, 10), new Sigmoid(), new Linear(10, 3));
        using var optimizer = new RMSprop(net.Parameters(), lr: 0.01);
        for (var i = 0; i < 150; i++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 240, [30]);
            var scores = net.Forward(x.IndexSelect(0, rows));
            var predicted = scores.ArgMax(1);
            var label = kind.IndexSelect(0, rows);
            var loss = Loss.CrossEntropy(scores, mended ? label : predicted);
            net.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        return Judge.ErrorRate(net, x[240..], kind[240..]);
    }

    static double Kinds(bool mended)
    {
        Rng.Seed(63);
        var (points, clouds) = Plane.Ring(600, 6, 2, 0.3, seed: 5);
        using var data = new TensorDataset(points[..480], clouds[..480]);
        using var net = new Mlp(2, 24, mended ? 6 : 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.8);
        for (var epoch = 0; epoch < 25; epoch++)
            foreach (var (x, c) in new Loader(data, 60, seed: epoch))
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                var output = net.Forward(x);
                (mended ? Loss.CrossEntropy(output, c) : Loss.L1(output, c.To(DType.Float32).Unsqueeze(1))).Backward();
                sgd.Step();
            }
        if (mended) return Judge.ErrorRate(net, points[480..], clouds[480..]);
        using var quiet = Autograd.NoGrad();
        return net.Forward(points[480..]).Round().Flatten().Ne(clouds[480..]).To(DType.Float32).Mean().Item<float>();
    }
}
