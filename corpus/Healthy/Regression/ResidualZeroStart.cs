using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class ResidualZeroStart
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "residual-mlp-zero-branches",
        About = "eight residual blocks whose last layer starts at zero, so that the first step reaches only those; regression",
        Half = Half.Tune,
        Run = Run,
    };

    sealed class Block : Module
    {
        public Block(int width)
        {
            Norm = new(width);
            In = new(width, width);
            Out = new(width, width);
            Init.Zeros(Out.Weight);
            Init.Zeros(Out.Bias!);
        }

        public LayerNorm Norm { get; }
        public Linear In { get; }
        public Linear Out { get; }

        protected override Tensor Compute(Tensor x) => x + Out.Forward(Functional.Relu(In.Forward(Norm.Forward(x))));
    }

    static void Run()
    {
        Rng.Seed(35);
        var (x, y) = Data.Tables.Smooth(1400, 8, 0.1, seed: 35);
        using var data = new TensorDataset(x, y);
        using var train = data.Subset([.. Enumerable.Range(0, 1100)]);
        using var test = data.Subset([.. Enumerable.Range(1100, 300)]);
        Module[] blocks = [.. Enumerable.Range(0, 8).Select(_ => new Block(32))];
        using var net = new Sequential([new Linear(8, 32), .. blocks, new LayerNorm(32), new Linear(32, 1)]);
        using var optimizer = new AdamW(net.Parameters(), 3e-3, weightDecay: 0.02);
        var loader = new Loader(train, 64, seed: 35);
        for (var epoch = 0; epoch < 14; epoch++)
            foreach (var (inputs, targets) in loader)
                using (Scope.New())
                {
                    optimizer.ZeroGrad();
                    Loss.Mse(net.Forward(inputs), targets).Backward();
                    optimizer.Step();
                }

        net.Eval();
        using var end = Scope.New();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtMost("test error (variance 1)", Loss.Mse(net.Forward(test.Inputs), test.Targets).Item<double>(), 0.25);
    }
}
