using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Generative;

static class RingGan
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "ring-gan",
        About = "GAN on four clouds in the plane: two optimizers, the generator's samples detached for the discriminator, neither loss falls to zero",
        Half = Half.Tune,
        Run = Run,
    };

    const int Latent = 4, BatchSize = 128;

    static void Run()
    {
        Rng.Seed(12);
        using var all = Scope.New();
        var (real, _) = Plane.Ring(4096, 4, radius: 1.5, spread: 0.15, seed: 12);
        using var generator = new Sequential(new Linear(Latent, 48), new LeakyReLU(0.2), new Linear(48, 48), new LeakyReLU(0.2), new Linear(48, 2));
        using var critic = new Sequential(new Linear(2, 48), new LeakyReLU(0.2), new Linear(48, 48), new LeakyReLU(0.2), new Linear(48, 1));
        using var optG = new Adam(generator.Parameters(), 1e-3, beta1: 0.5);
        using var optD = new Adam(critic.Parameters(), 2e-3, beta1: 0.5);
        var ones = Tensor.Ones([BatchSize, 1]);
        var zeros = Tensor.Zeros([BatchSize, 1]);

        for (var i = 0; i < 1000; i++)
        {
            using var step = Scope.New();
            var sample = real.IndexSelect(0, Tensor.RandInt(0, 4096, [BatchSize]));

            var fake = generator.Forward(Tensor.Randn([BatchSize, Latent]));
            var lossD = Loss.BceWithLogits(critic.Forward(sample), ones) + Loss.BceWithLogits(critic.Forward(fake.Detach()), zeros);
            optD.ZeroGrad();
            lossD.Backward();
            optD.Step();

            var lossG = Loss.BceWithLogits(critic.Forward(fake), ones);
            optG.ZeroGrad();
            lossG.Backward();
            optG.Step();
        }

        generator.Eval();
        using var noGrad = Autograd.NoGrad();
        var centers = Tensor.From<float>(new[,] { { 1.5f, 0 }, { 0, 1.5f }, { -1.5f, 0 }, { 0, -1.5f } });
        var samples = generator.Forward(Tensor.Randn([1000, Latent]));
        var (distance, nearest) = (samples.Unsqueeze(1) - centers).Norm(2, [2]).Min(1);
        var shares = nearest.BinCount(minLength: 4).To(DType.Float32) / 1000;
        Outcome.AtLeast("share of samples near a cloud", distance.Lt(0.6).To(DType.Float32).Mean().Item<double>(), 0.7);
        Outcome.AtLeast("smallest share of a cloud", shares.Min().Item<double>(), 0.08);
    }
}
