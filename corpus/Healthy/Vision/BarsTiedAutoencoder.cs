using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class BarsTiedAutoencoder
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "bars-tied-denoising-autoencoder",
        About = "denoising autoencoder on pictures of bars; the decoder is the transposed encoder, the output goes through a sigmoid into BCE",
        Half = Half.Report,
        Run = Run,
    };

    sealed class TiedAutoencoder : Module
    {
        public Tensor Weight { get; } = Init.GlorotUniform(Init.Parameter(40, 49));
        public Tensor HiddenBias { get; } = Init.Zeros(Init.Parameter(40));
        public Tensor VisibleBias { get; } = Init.Zeros(Init.Parameter(49));

        protected override Tensor Compute(Tensor x)
        {
            var code = Functional.Sigmoid(Functional.Linear(x, Weight, HiddenBias)); // [N, 40]
            return Functional.Sigmoid(Functional.Linear(code, Weight.T(), VisibleBias)); // [N, 49]
        }
    }

    static Tensor Corrupt(Tensor clean) => Tensor.Where(Tensor.Rand(clean.Shape).Lt(0.1), 1 - clean, clean);

    static void Run()
    {
        Rng.Seed(101);
        using var scope = Scope.New();
        var (pictures, _) = Pictures.Bars(2000, 7, share: 0.15, seed: 101);
        var clean = pictures.Flatten(1);
        using var net = new TiedAutoencoder();
        using var optimizer = new RMSprop(net.Parameters(), lr: 8e-3);
        for (var i = 0; i < 600; i++)
        {
            using var step = Scope.New();
            var x = clean.IndexSelect(0, Tensor.RandInt(0, 1700, [50]));
            optimizer.ZeroGrad();
            Loss.Bce(net.Forward(Corrupt(x)), x).Backward();
            optimizer.Step();
        }

        net.Eval();
        using (Autograd.NoGrad())
        {
            var held = clean[1700..];
            var wrong = net.Forward(Corrupt(held)).Gt(0.5).Ne(held.Gt(0.5)).To(DType.Float32).Mean();
            Outcome.AtMost("pixels wrong of noisy pictures (one in ten before)", wrong.Item<double>(), 0.05);
        }
    }
}
