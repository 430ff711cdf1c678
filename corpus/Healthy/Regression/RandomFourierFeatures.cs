using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class RandomFourierFeatures
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "random-fourier-features",
        About = "cosines of a random projection that is never trained (Rahimi and Recht 2007) under a linear readout",
        Half = Half.Report,
        Run = Run,
    };

    sealed class RandomFeatures : Module
    {
        public RandomFeatures(int inputs, int features)
        {
            Projection = new(inputs, features);
            Init.Normal(Projection.Weight, 0, 0.6);
            Init.Uniform(Projection.Bias!, 0, 2 * Math.PI);
            Projection.RequiresGrad(false);
            Readout = new(features, 1);
        }

        public Linear Projection { get; }
        public Linear Readout { get; }

        protected override Tensor Compute(Tensor x) => Readout.Forward(Projection.Forward(x).Cos() * Math.Sqrt(2));
    }

    static void Run()
    {
        Rng.Seed(116);
        using var all = Scope.New();
        var (x, y) = Data.Tables.Smooth(2400, 4, 0.05, seed: 116);
        using var model = new RandomFeatures(4, 200);
        using var optimizer = new Adam(model.Parameters().Where(p => p.RequiresGrad), lr: 1e-2);
        for (var i = 0; i < 400; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, 2000, [100]);
            optimizer.ZeroGrad();
            var loss = Loss.L1(model.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows));
            loss.Backward();
            optimizer.Step();
        }
        model.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtMost("mean absolute test error (0.8 for the mean)", Loss.L1(model.Forward(x[2000..]), y[2000..]).Item<double>(), 0.3);
    }
}
