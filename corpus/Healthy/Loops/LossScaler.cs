using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class LossScaler
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "regression-loss-scaler",
        About = "gradients are rounded to half precision behind a dynamic loss scale; steps whose gradients overflow are skipped, as they should be",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(18);
        using var all = Scope.New();
        var (x, y) = Data.Tables.Smooth(900, 6, 0.1, seed: 18);
        using var net = new Sequential(new Linear(6, 64), new SiLU(), new Linear(64, 64), new SiLU(), new Linear(64, 1));
        using var optimizer = new Adam(net.Parameters(), 4e-3);
        var scale = Math.Pow(2, 22);
        int good = 0, skipped = 0;
        for (var i = 0; i < 350; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, 700, [64]);
            optimizer.ZeroGrad();
            var loss = Loss.Mse(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows));
            (loss * scale).Backward();
            var finite = true;
            foreach (var p in net.Parameters())
            {
                var half = p.Grad!.To(DType.Float16).To(DType.Float32);
                finite &= half.IsFinite().All().Item<int>() == 1;
                p.Grad = half / scale;
            }
            if (!finite)
            {
                scale /= 2;
                (good, skipped) = (0, skipped + 1);
                continue;
            }
            optimizer.Step();
            if (++good % 100 == 0) scale *= 2;
        }

        net.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtLeast("skipped steps", skipped, 1);
        Outcome.AtMost("test error (variance 1)", Loss.Mse(net.Forward(x[700..]), y[700..]).Item<double>(), 0.2);
    }
}
