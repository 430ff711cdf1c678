using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class FlowersFromOne
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "flowers-classes-from-one",
        About = "150 flowers, full batch; kinds are numbered 1 to 3 and mapped to 0 to 2, one column alone nearly decides, rows repeat",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(3);
        using var scope = Scope.New();
        var (lengths, kinds) = Data.Tables.Flowers(150, seed: 9);
        var x = Data.Tables.Standardize(Tensor.From(lengths), 110);
        // The file counts kinds from 1, cross-entropy from 0.
        var y = Tensor.From([.. kinds.Select(k => (long)k - 1)]);

        using var net = new Sequential(new Linear(4, 10), new Tanh(), new Linear(10, 3));
        using var optimizer = new Adam(net.Parameters(), lr: 0.03);
        var (trainX, trainY) = (x[..110], y[..110]);
        double last = 0;
        for (var epoch = 0; epoch < 100; epoch++)
        {
            using var step = Scope.New();
            optimizer.ZeroGrad();
            var loss = Loss.CrossEntropy(net.Forward(trainX), trainY);
            loss.Backward();
            optimizer.Step();
            last = loss.Item<double>();
        }

        net.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtMost("training loss", last, 0.2);
        Outcome.AtLeast("test accuracy", net.Forward(x[110..]).ArgMax(1).Eq(y[110..]).To(DType.Float32).Mean().Item<double>(), 0.9);
    }
}
