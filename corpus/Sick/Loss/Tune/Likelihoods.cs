using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Losses written by hand: of a wrong sign, along a wrong axis, or smothered by a penalty.</summary>
static class Likelihoods
{
    public static CorpusProgram SoftmaxOverPlaces { get; } = Fault.Tune(
        "log-softmax-over-places", "scores [N, classes, places]: the logarithm of the softmax is over the places", OverPlaces, ["PES307"]);

    public static CorpusProgram LikelihoodDescended { get; } = Fault.Tune(
        "gaussian-likelihood-descended", "the logarithm of a Gaussian likelihood is minimized instead of its negative", Descended, ["PES308"], also: ["PES403", "PES501"]); // it runs away, faster and faster

    public static CorpusProgram AbsoluteErrorOfKinds { get; } = Fault.Tune(
        "huber-on-numbers-of-kinds", "one output is to be the number of the kind, with a Huber loss", NumbersOfKinds, ["PES310"]);

    public static CorpusProgram ActivityPenalty { get; } = Fault.Tune(
        "activity-penalty-of-fifty", "the squares of the hidden activations are added to the loss, fifty times", Activity, ["PES314"]);

    public static CorpusProgram LossesInAList { get; } = Fault.Tune(
        "losses-kept-as-tensors", "every loss is kept in a list, with its graph, to be averaged at the end", Kept, ["PES315"], also: ["PES801"], harmless: true); // memory grows with them

    static double OverPlaces(bool mended)
    {
        Rng.Seed(2301);
        var text = Words.Chain(5000, 8, 2, seed: 231);
        var rows = Tensor.From(text, 250, 20);
        // Which token stands at each place, through noise.
        var x = rows.OneHot(8).To(DType.Float32).Transpose(1, 2) + 0.4 * Tensor.Randn([250, 8, 20]);
        using var net = new Sequential(new Conv1d(8, 24, 3, padding: 1), new ReLU(), new Conv1d(24, 8, 1));
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 6; epoch++)
            for (var at = 0; at < 200; at += 20)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Nll(Functional.LogSoftmax(net.Forward(x[at..(at + 20)]), mended ? 1 : 2), rows[at..(at + 20)]).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, x[200..], rows[200..]);
    }

    static double Descended(bool mended)
    {
        Rng.Seed(2302);
        var (x, y) = Tables.Smooth(700, 5, 0.1, seed: 232);
        using var net = new Mlp(5, 32, 2);
        using var adam = new Adam(net.Parameters(), lr: 2e-3);
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 500, [40]);
            var output = net.Forward(x.IndexSelect(0, rows));
            var (mean, logVariance) = (output.Narrow(1, 0, 1), output.Narrow(1, 1, 1));
            var likelihood = (-0.5 * (logVariance + (y.IndexSelect(0, rows) - mean).Square() * (-logVariance).Exp())).Mean();
            adam.ZeroGrad();
            (mended ? -likelihood : likelihood).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Loss.Mse(net.Forward(x[500..]).Narrow(1, 0, 1), y[500..]).Item<float>();
    }

    static double NumbersOfKinds(bool mended)
    {
        Rng.Seed(2303);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        using var net = new Mlp(64, 24, mended ? 10 : 1);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var step = 0; step < 300; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1200, [50]);
            var output = net.Forward(x.IndexSelect(0, rows));
            var labels = y.IndexSelect(0, rows);
            adam.ZeroGrad();
            (mended ? Loss.CrossEntropy(output, labels) : Loss.Huber(output.Squeeze(1), labels.To(DType.Float32))).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        var answers = mended ? net.Forward(xTest).ArgMax(1) : net.Forward(xTest).Squeeze(1).Round().To(DType.Int64);
        return answers.Ne(yTest).To(DType.Float32).Mean().Item<float>();
    }

    sealed class Penalized : Module
    {
        public Linear First { get; } = new(6, 32);
        public Linear Head { get; } = new(32, 1);
        public Tensor? Activity { get; set; }

        protected override Tensor Compute(Tensor input)
        {
            var h = Functional.Relu(First.Forward(input));
            Activity = h.Square().Mean();
            return Head.Forward(h);
        }
    }

    static double Activity(bool mended)
    {
        Rng.Seed(2304);
        var (x, y) = Tables.Smooth(800, 6, 0.1, seed: 233);
        using var data = new TensorDataset(x[..600], y[..600]);
        using var net = new Penalized();
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var epoch = 0; epoch < 10; epoch++)
            foreach (var (input, target) in new Loader(data, 30, seed: epoch))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                var error = Loss.Mse(net.Forward(input), target);
                (error + (mended ? 1e-4 : 50) * net.Activity!).Backward();
                adam.Step();
            }
        return Judge.SquaredError(net, x[600..], y[600..]);
    }

    static double Kept(bool mended)
    {
        Rng.Seed(2305);
        var (x, y) = Tables.Quadratic(900, 6, 3, seed: 234);
        using var net = new Mlp(6, 48, 3);
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        var losses = new List<Tensor>();
        for (var step = 0; step < 250; step++)
        {
            var rows = Tensor.RandInt(0, 700, [40]);
            var loss = Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows));
            sgd.ZeroGrad();
            loss.Backward();
            sgd.Step();
            losses.Add(mended ? loss.Detach() : loss);
        }
        return Judge.ErrorRate(net, x[700..], y[700..]);
    }
}
