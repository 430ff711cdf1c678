using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class HeteroscedasticNll
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "sensor-gaussian-nll",
        About = "a net predicts mean and variance of a sensor by Gaussian likelihood; where the noise is small the loss is negative",
        Half = Half.Report,
        Run = Run,
    };

    sealed class MeanAndVariance : Module
    {
        public Sequential Trunk { get; } = new(new Linear(3, 56), new ELU(), new Linear(56, 56), new ELU());
        public Linear Mean { get; } = new(56, 1);
        public Linear LogVariance { get; } = new(56, 1);

        public (Tensor Mean, Tensor LogVariance) Predict(Tensor x)
        {
            var h = Trunk.Forward(x);
            return (Mean.Forward(h), LogVariance.Forward(h));
        }

        protected override Tensor Compute(Tensor x) => Predict(x).Mean;
    }

    static Tensor GaussianNll(Tensor mean, Tensor logVariance, Tensor y) =>
        (0.5 * ((y - mean).Square() * (-logVariance).Exp() + logVariance)).Mean();

    static TensorDataset Readings(int count)
    {
        var x = Tensor.Rand([count, 3]) * 2 - 1;
        var noise = 0.02 + 0.15 * x.Select(1, 2).Abs();
        var y = (3 * x.Select(1, 0)).Sin() + x.Select(1, 1).Square() - 0.33 + noise * Tensor.Randn([count]);
        return new(x, y.Unsqueeze(1));
    }

    static void Run()
    {
        Rng.Seed(111);
        using var train = Readings(1500);
        using var test = Readings(500);
        using var model = new MeanAndVariance();
        using var optimizer = new Adam(model.Parameters(), 3e-3);
        var scheduler = new Scheduler(optimizer, new StepLR(12, 0.3));
        var batches = new Loader(train, 75, seed: 111);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            model.Train();
            foreach (var (x, y) in batches)
            {
                using var scope = Scope.New();
                var (mean, logVariance) = model.Predict(x);
                var loss = GaussianNll(mean, logVariance, y);
                optimizer.ZeroGrad();
                loss.Backward();
                GradientClip.ByNorm(model.Parameters(), 5);
                optimizer.Step();
            }
            scheduler.Step();
        }

        model.Eval();
        using var end = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var (m, v) = model.Predict(test.Inputs);
        // One mean and variance for all gives 0.5 ln 0.55 + 0.5 = 0.2.
        Outcome.AtMost("test likelihood loss", GaussianNll(m, v, test.Targets).Item<double>(), -1);
    }
}
