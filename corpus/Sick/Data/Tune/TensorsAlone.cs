using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Faults of data that lie in plain tensors: batches are slices or rows picked by hand, and no loader tells what belongs together.</summary>
static class TensorsAlone
{
    public static CorpusProgram LabelsOneLower { get; } = Fault.Tune(
        "labels-one-row-lower", "a header row was dropped from the labels only; batches are slices of tensors", OneLower, ["PES107"], also: ["PES608"]); // what cannot be predicted is learned by heart

    public static CorpusProgram KindsTakenForOthers { get; } = Fault.Tune(
        "four-in-ten-taken-for-the-next", "four in ten examples of two kinds carry the label of the other; rows are picked at random", TakenForNext, ["PES109"], also: ["PES608"]); // wrong labels are learned by heart

    public static CorpusProgram OverlappingSlices { get; } = Fault.Tune(
        "slices-that-overlap", "the slice of validation begins before that of training ends", Overlap, ["PES112"], also: ["PES606"]); // validation rows are training rows

    public static CorpusProgram NoiseWhileJudging { get; } = Fault.Tune(
        "noise-in-the-judging-function", "the function that augments prepares the validation pictures too, without any loader", NoiseInJudging, ["PES116"]);

    public static CorpusProgram NoiseOfThree { get; } = Fault.Tune(
        "noise-of-three-deviations", "a loader's transform adds noise of three standard deviations to standardized columns", StrongNoise, ["PES117"]);

    public static CorpusProgram CastAfterStandardizing { get; } = Fault.Tune(
        "standard-scores-cast-to-bytes", "columns are standardized and then cast to whole numbers to save memory", CastScores, ["PES104"]);

    public static CorpusProgram TwoRareKinds { get; } = Fault.Tune(
        "two-rare-kinds-of-four", "two of four kinds make three percent of the rows, and are never told", RareKinds, ["PES110", "PES611"]);

    public static CorpusProgram NextLetterInView { get; } = Fault.Tune(
        "convolution-sees-the-next-token", "a convolution of width 3 with padding on both sides predicts the next token", NextInView, ["PES121"]);

    static double OneLower(bool mended)
    {
        Rng.Seed(2001);
        var (all, kinds) = Tables.Quadratic(1001, 8, 4, seed: 201);
        var (x, y) = mended ? (all[..1000], kinds[..1000]) : (all[..1000], kinds[1..]);
        using var net = new Mlp(8, 64, 4);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        for (var epoch = 0; epoch < 12; epoch++)
            for (var at = 0; at < 800; at += 50)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x[at..(at + 50)]), y[at..(at + 50)]).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, all[800..1000], kinds[800..1000]);
    }

    static double TakenForNext(bool mended)
    {
        Rng.Seed(2002);
        var (x, y) = Digits.Load(0, 1200);
        var (xTest, yTest) = Digits.Load(1200, Digits.Count);
        // Kinds are mistaken for each other in pairs: 0 for 1, 2 for 3.
        var other = y + 1 - 2 * y.Remainder(2);
        var given = mended ? y : Tensor.Where(Tensor.Rand([1200]).Lt(0.4), other, y).To(DType.Int64);
        using var net = new Mlp(64, 96, 10);
        using var sgd = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);
        for (var step = 0; step < 400; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 1200, [60]);
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), given.IndexSelect(0, rows)).Backward();
            sgd.Step();
        }
        return Judge.ErrorRate(net, xTest, yTest);
    }

    static double Overlap(bool mended)
    {
        Rng.Seed(2003);
        var (x, y) = Tables.Smooth(420, 8, 0.6, seed: 202);
        var (xTrain, yTrain) = (x[..200], y[..200]);
        var (xHeld, yHeld) = mended ? (x[200..300], y[200..300]) : (x[120..220], y[120..220]);
        using var net = new Mlp(8, 128, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        var reported = 0.0;
        for (var epoch = 0; epoch < 40; epoch++)
        {
            for (var at = 0; at < 200; at += 25)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.Mse(net.Forward(xTrain[at..(at + 25)]), yTrain[at..(at + 25)]).Backward();
                adam.Step();
            }
            using var quiet = Autograd.NoGrad();
            reported = Loss.Mse(net.Forward(xHeld), yHeld).Item<float>();
        }
        return Math.Abs(reported - Judge.SquaredError(net, x[300..], y[300..]));
    }

    static double NoiseInJudging(bool mended)
    {
        Rng.Seed(2004);
        var (x, y) = Digits.Load(0, 1000);
        var (xTest, yTest) = Digits.Load(1000, 1400);
        using var net = new LeNet(10, 1, 8, 8);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        Tensor Prepare(Tensor images) => images + 0.7 * images.RandnLike();
        var accuracy = 0.0;
        for (var epoch = 0; epoch < 6; epoch++)
        {
            net.Train();
            for (var at = 0; at < 1000; at += 50)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(Prepare(x[at..(at + 50)])), y[at..(at + 50)]).Backward();
                adam.Step();
            }
            net.Eval();
            using var quiet = Autograd.NoGrad();
            accuracy = net.Forward(mended ? xTest : Prepare(xTest)).ArgMax(1).Eq(yTest).To(DType.Float32).Mean().Item<float>();
            Console.WriteLine($"epoch {epoch}: validation accuracy {accuracy:0.0000}");
        }
        return 1 - accuracy;
    }

    static double StrongNoise(bool mended)
    {
        Rng.Seed(2005);
        var (x, y) = Tables.Quadratic(1200, 6, 3, seed: 203);
        using var train = new TensorDataset(x[..900], y[..900]);
        Batch Jitter(Batch batch, Random random) => batch with { Inputs = batch.Inputs + (mended ? 0.1 : 3) * batch.Inputs.RandnLike() };
        using var net = new Mlp(6, 48, 3);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 12; epoch++)
            foreach (var (input, target) in new Loader(train, 45, seed: epoch, transform: Jitter, prefetch: false))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(input), target).Backward();
                adam.Step();
            }
        return Judge.ErrorRate(net, x[900..], y[900..]);
    }

    static double CastScores(bool mended)
    {
        Rng.Seed(2006);
        var (x, y) = Tables.Smooth(1000, 6, 0.05, seed: 204);
        var scores = Tables.Standardize(x, 800);
        if (!mended) scores = scores.To(DType.Int8).To(DType.Float32);
        using var net = new Mlp(6, 48, 1);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var step = 0; step < 300; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 800, [40]);
            adam.ZeroGrad();
            Loss.Mse(net.Forward(scores.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        return Judge.SquaredError(net, scores[800..], y[800..]);
    }

    static double RareKinds(bool mended)
    {
        Rng.Seed(2007);
        var random = new Random(11);
        var x = new float[2400, 5];
        var y = new long[2400];
        for (var i = 0; i < 2400; i++)
        {
            y[i] = i % 64 == 0 ? 2 : i % 64 == 1 ? 3 : i % 2;
            for (var j = 0; j < 5; j++) x[i, j] = (float)(random.Gaussian() + (j == y[i] ? 1.5 : 0));
        }
        var (inputs, kinds) = (Tensor.From(x), Tensor.From(y));
        var weight = mended ? Tensor.From([1f, 1f, 32f, 32f]) : null;
        using var net = new Mlp(5, 16, 4);
        using var adam = new Adam(net.Parameters(), lr: 1e-3);
        for (var step = 0; step < 250; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 2000, [64]);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(inputs.IndexSelect(0, rows)), kinds.IndexSelect(0, rows), weight: weight).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        var answers = net.Forward(inputs[2000..]).ArgMax(1).ToArray<long>();
        // Mean error of the four kinds.
        return Enumerable.Range(0, 4).Average(k => answers.Where((a, i) => y[2000 + i] == k && a != k).Count() / (double)y[2000..].Count(l => l == k));
    }

    sealed class NextToken(int tokens, bool causal) : Module
    {
        public Embedding Tokens { get; } = new(tokens, 16);
        public Conv1d Mix { get; } = new(16, 32, 3, padding: causal ? 2 : 1);
        public Linear Head { get; } = new(32, tokens);

        protected override Tensor Compute(Tensor input)
        {
            var h = Mix.Forward(Tokens.Forward(input).Transpose(1, 2)); // [N, 32, T or T + 2]
            h = Functional.Relu(h.Narrow(2, 0, input.Size(1)).Transpose(1, 2));
            return Head.Forward(h); // [N, T, tokens]
        }
    }

    static double NextInView(bool mended)
    {
        Rng.Seed(2008);
        var text = Words.Chain(6000, 12, 4, seed: 205);
        var rows = Tensor.From(text, 240, 25);
        var (x, y) = (rows.Narrow(1, 0, 24), rows.Narrow(1, 1, 24));
        using var net = new NextToken(12, mended);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        for (var epoch = 0; epoch < 6; epoch++)
            for (var at = 0; at < 200; at += 20)
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x[at..(at + 20)]).Reshape(-1, 12), y[at..(at + 20)].Reshape(-1)).Backward();
                adam.Step();
            }
        using var quiet = Autograd.NoGrad();
        // In use the next token is not there yet: the last place of each prefix is asked.
        var wrong = 0L;
        for (var length = 4; length < 24; length += 4)
            wrong += net.Forward(x[200..].Narrow(1, 0, length)).Select(1, length - 1).ArgMax(1).Ne(y[200..].Select(1, length - 1)).Sum().Item<long>();
        // Four followers, not all of them equally frequent, leave an error of about a half.
        return Math.Max(0, wrong / 200.0 - 0.3);
    }
}
