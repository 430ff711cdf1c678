using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class PaddedSets
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "padded-sets-attention-pooling",
        About = "sets of one to nine vectors, padded; attention gives padding -inf; learning rate by hand: from 0 up linearly, then down with the square root",
        Half = Half.Report,
        Run = Run,
    };

    const int Most = 9, Features = 6;

    sealed class SetNet : Module
    {
        public Sequential Embed { get; } = new(new Linear(Features, 48), new ReLU());
        public Linear Score { get; } = new(48, 4);
        public Sequential Head { get; } = new(new Linear(4 * 48, 48), new ReLU(), new Linear(48, 3));

        // [N, 9, 1 + 6], the first feature says whether the place is taken
        protected override Tensor Compute(Tensor sets)
        {
            var taken = sets.Narrow(2, 0, 1);
            var h = Embed.Forward(sets.Narrow(2, 1, Features)); // [N, 9, 48]
            var scores = Score.Forward(h).MaskedFill(taken.Eq(0), double.NegativeInfinity); // [N, 9, 4]
            var pooled = Functional.Softmax(scores, 1).Transpose(1, 2).MatMul(h); // [N, 4, 48]
            return Head.Forward(pooled.Flatten(1));
        }
    }

    static TensorDataset Sets(int count, int seed)
    {
        var random = new Random(seed);
        var x = new float[count * Most * (1 + Features)];
        var y = new long[count];
        for (var i = 0; i < count; i++)
        {
            var size = 1 + random.Next(Most);
            var (best, second) = (double.NegativeInfinity, 0.0);
            for (var k = 0; k < size; k++)
            {
                var row = x.AsSpan((i * Most + k) * (1 + Features), 1 + Features);
                row[0] = 1;
                for (var j = 1; j <= Features; j++) row[j] = (float)Data.RandomExtensions.Gaussian(random);
                if (row[1] > best) (best, second) = (row[1], row[2]);
            }
            // The class is told by one feature of the element that is largest in another.
            y[i] = second < -0.43 ? 0 : second < 0.43 ? 1 : 2;
        }
        return new(Tensor.From(x, count, Most, 1 + Features), Tensor.From(y));
    }

    static void Run()
    {
        Rng.Seed(121);
        using var all = Scope.New();
        using var train = Sets(2400, 121);
        using var test = Sets(400, 122);
        using var net = new SetNet();
        using var optimizer = new Adam(net.Parameters(), lr: 0, beta2: 0.98);
        var loader = new Loader(train, 60, seed: 121);
        var step = 0;
        for (var epoch = 0; epoch < 12; epoch++)
            foreach (var (x, y) in loader)
            {
                using var scope = Scope.New();
                optimizer.LearningRate = 6e-3 * Math.Min(step / 40.0, Math.Sqrt(40.0 / Math.Max(step, 1)));
                optimizer.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                optimizer.Step();
                step++;
            }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtLeast("test accuracy", net.Forward(test.Inputs).ArgMax(1).Eq(test.Targets).To(DType.Float32).Mean().Item<double>(), 0.75);
    }
}
