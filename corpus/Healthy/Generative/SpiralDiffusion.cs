using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Generative;

static class SpiralDiffusion
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "spiral-diffusion",
        About = "denoising diffusion on a spiral: the target of the regression is fresh noise, so the loss has a floor well above zero",
        Half = Half.Report,
        Run = Run,
    };

    const int Levels = 40;

    sealed class Denoiser : Module
    {
        public Linear Time { get; } = new(8, 96);
        public Linear In { get; } = new(2, 96);
        public Linear Mid { get; } = new(96, 96);
        public Linear Out { get; } = new(96, 2);

        public Tensor Noise(Tensor x, Tensor level)
        {
            var frequencies = Tensor.From([1f, 2f, 4f, 8f]);
            var angles = level.Unsqueeze(1).To(DType.Float32) / Levels * Math.PI * frequencies;
            var h = Functional.Silu(In.Forward(x) + Time.Forward(Tensor.Cat([angles.Sin(), angles.Cos()], 1)));
            return Out.Forward(Functional.Silu(Mid.Forward(h)));
        }

        protected override Tensor Compute(Tensor x) => Noise(x, Tensor.Zeros([x.Size(0)]));
    }

    static void Run()
    {
        Rng.Seed(132);
        using var all = Scope.New();
        var (data, _) = Plane.Spirals(3000, 1, 0.05, seed: 132);
        var beta = Tensor.Arange(Levels, DType.Float32) / Levels * 0.2 + 1e-3;
        var kept = (1 - beta).Log().CumSum(0).Exp(); // share of the signal's variance left at each level
        using var net = new Denoiser();
        using var optimizer = new Adam(net.Parameters(), 4e-3);
        var losses = new double[600];
        for (var i = 0; i < losses.Length; i++)
        {
            using var step = Scope.New();
            var x = data.IndexSelect(0, Tensor.RandInt(0, 3000, [256]));
            var level = Tensor.RandInt(0, Levels, [256]);
            var share = kept.IndexSelect(0, level).Unsqueeze(1);
            var noise = x.RandnLike();
            var loss = Loss.Mse(net.Noise(share.Sqrt() * x + (1 - share).Sqrt() * noise, level), noise);
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
            losses[i] = loss.Item<double>();
        }

        net.Eval();
        using var noGrad = Autograd.NoGrad();
        var sample = Tensor.Randn([500, 2]);
        for (var t = Levels - 1; t >= 0; t--)
        {
            var (b, a) = (beta[t].Item<double>(), kept[t].Item<double>());
            sample = (sample - b / Math.Sqrt(1 - a) * net.Noise(sample, Tensor.Full([500], t))) / Math.Sqrt(1 - b);
            if (t > 0) sample = sample + Math.Sqrt(b) * sample.RandnLike();
        }
        var distance = (sample.Unsqueeze(1) - data[..1000].Unsqueeze(0)).Norm(2, [2]).AMin([1]);
        Outcome.AtMost("training loss at the end", losses[^50..].Average(), 0.55);
        Outcome.AtMost("median distance of a sample to the spiral (0.25 for noise)", distance.Median().Item<double>(), 0.12);
    }
}
