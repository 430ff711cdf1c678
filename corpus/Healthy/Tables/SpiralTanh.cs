using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class SpiralTanh
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "spirals-tanh-nll",
        About = "tanh MLP with Glorot weights on three spirals; the network ends in log-softmax and the loss is NLL",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(2);
        using var scope = Scope.New();
        var (x, y) = Plane.Spirals(600, 3, 0.1, seed: 2);
        var (xTest, yTest) = Plane.Spirals(300, 3, 0.1, seed: 3);
        using var net = new Sequential(
            new Linear(2, 40), new Tanh(),
            new Linear(40, 40), new Tanh(),
            new Linear(40, 3), new LogSoftmax(1));
        foreach (var layer in net.OfType<Linear>())
        {
            Init.GlorotUniform(layer.Weight);
            Init.Zeros(layer.Bias!);
        }
        using var optimizer = new SGD(net.Parameters(), lr: 0.1, momentum: 0.9);
        for (var epoch = 0; epoch < 40; epoch++)
        {
            var order = Tensor.RandPerm(600);
            for (var from = 0; from < 600; from += 50)
            {
                using var step = Scope.New();
                var rows = order.Slice(0, from, from + 50);
                optimizer.ZeroGrad();
                var loss = Loss.Nll(net.Forward(x.Index(rows)), y.Index(rows));
                loss.Backward();
                optimizer.Step();
            }
        }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtLeast("test accuracy", net.Forward(xTest).ArgMax(1).Eq(yTest).To(DType.Float32).Mean().Item<double>(), 0.9);
    }
}
