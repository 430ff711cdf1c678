using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Generative;

static class DigitsVae
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-gaussian-vae",
        About = "VAE on digits with a normal decoder whose width is learned per pixel: the negative ELBO starts above zero and ends far below",
        Half = Half.Tune,
        Run = Run,
    };

    sealed class Vae : Module
    {
        public Linear Encode { get; } = new(64, 128);
        public Linear Mean { get; } = new(128, 8);
        public Linear LogVariance { get; } = new(128, 8);
        public Sequential Decoder { get; } = new(new Linear(8, 128), new ReLU(), new Linear(128, 64), new Sigmoid());
        public Tensor LogSigma { get; } = Init.Zeros(Init.Parameter(64));

        public Tensor NegativeElbo(Tensor x)
        {
            var hidden = Functional.Relu(Encode.Forward(x));
            var mean = Mean.Forward(hidden);
            var logVariance = LogVariance.Forward(hidden);
            var z = mean + (0.5 * logVariance).Exp() * mean.RandnLike();
            // Some pixels are always 0: without a floor their likelihood has no bound.
            var logSigma = LogSigma.Clamp(min: -3);
            var error = (x - Decoder.Forward(z)) / logSigma.Exp();
            var reconstruction = (0.5 * error.Square() + logSigma + 0.5 * Math.Log(2 * Math.PI)).Sum(1);
            var kl = -0.5 * (1 + logVariance - mean.Square() - logVariance.Exp()).Sum(1);
            return (reconstruction + kl).Mean();
        }

        protected override Tensor Compute(Tensor x) => Decoder.Forward(Mean.Forward(Functional.Relu(Encode.Forward(x))));
    }

    static void Run()
    {
        Rng.Seed(13);
        using var all = Scope.New();
        var (images, labels) = Digits.Load(0, 1500);
        var (held, _) = Digits.Load(1500, Digits.Count);
        using var data = new TensorDataset(images.Reshape(-1, 64), labels);
        using var vae = new Vae();
        using var optimizer = new Adam(
            [new ParameterGroup(vae.Parameters().Where(p => p != vae.LogSigma)), new ParameterGroup([vae.LogSigma], lr: 2e-2)], lr: 2e-3);
        var loader = new Loader(data, 64, seed: 13);
        for (var epoch = 0; epoch < 20; epoch++)
        {
            foreach (var batch in loader)
            {
                using var step = Scope.New();
                var loss = vae.NegativeElbo(batch.Inputs);
                optimizer.ZeroGrad();
                loss.Backward();
                optimizer.Step();
            }
        }

        vae.Eval();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtMost("negative ELBO of held-out digits", vae.NegativeElbo(held.Reshape(-1, 64)).Item<double>(), -5);
    }
}
