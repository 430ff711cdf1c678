using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Generative;

static class BarsVaeAnnealed
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "bars-vae-annealed",
        About = "convolutional VAE on binary bars, Bernoulli decoder; the weight of the KL term grows from 0 to 1, so the loss may rise while all is well",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Vae : Module
    {
        public Sequential Encoder { get; } = new(new Conv2d(1, 16, 6), new ReLU(), new Flatten(), new Linear(16, 64), new ReLU(), new Linear(64, 2 * 12));
        public Sequential Decoder { get; } = new(new Linear(12, 96), new ReLU(), new Linear(96, 36));

        public (Tensor Reconstruction, Tensor Kl) Terms(Tensor x)
        {
            var code = Encoder.Forward(x).Chunk(2, 1);
            var (mean, logVariance) = (code[0], code[1]);
            var z = mean + (logVariance / 2).Exp() * logVariance.RandnLike();
            var reconstruction = Loss.BceWithLogits(Decoder.Forward(z), x.Flatten(1), reduction: Reduction.Sum) / x.Size(0);
            var kl = (mean.Square() + logVariance.Exp() - 1 - logVariance).Sum() / (2 * x.Size(0));
            return (reconstruction, kl);
        }

        protected override Tensor Compute(Tensor x) => Functional.Sigmoid(Decoder.Forward(Encoder.Forward(x).Chunk(2, 1)[0]));
    }

    static void Run()
    {
        Rng.Seed(131);
        using var all = Scope.New();
        var (x, _) = Pictures.Bars(2500, 6, share: 0.2, seed: 131);
        using var vae = new Vae();
        using var adam = new Adam(vae.Parameters(), lr: 4e-3);
        const int Steps = 600;
        for (var i = 0; i < Steps; i++)
        {
            using var step = Scope.New();
            var (reconstruction, kl) = vae.Terms(x.IndexSelect(0, Tensor.RandInt(0, 2000, [64])));
            adam.ZeroGrad();
            (reconstruction + Math.Min(1, 2.0 * i / Steps) * kl).Backward();
            adam.Step();
        }
        vae.Eval();
        using var noGrad = Autograd.NoGrad();
        var (heldReconstruction, heldKl) = vae.Terms(x[2000..]);
        // Independent pixels cost 23.5 nats, the bars themselves 6.
        Outcome.AtMost("negative ELBO", (heldReconstruction + heldKl).Item<double>(), 15);
    }
}
