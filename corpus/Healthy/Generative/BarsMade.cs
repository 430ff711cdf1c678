using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Generative;

static class BarsMade
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "bars-masked-autoregressive",
        About = "MADE (Germain 2015): masked weights let each pixel see only those before it, input and target are the same picture; lr falls on a plateau",
        Half = Half.Report,
        Run = Run,
    };

    sealed class MaskedLinear(Linear inner, Tensor mask) : Module
    {
        public Linear Inner { get; } = inner;
        [Buffer] public Tensor Mask { get; } = mask.Keep();

        protected override Tensor Compute(Tensor x) => Functional.Linear(x, Inner.Weight * Mask, Inner.Bias);
    }

    static void Run()
    {
        const int Pixels = 25, Hidden = 120;
        Rng.Seed(133);
        using var all = Scope.New();
        var (pictures, _) = Pictures.Bars(2400, 5, share: 0.25, seed: 133);
        var flat = pictures.Flatten(1);
        using var train = new TensorDataset(flat[..2000].Clone(), flat[..2000].Clone());
        var valid = flat[2000..];

        var place = Tensor.Arange(Pixels).Unsqueeze(0);
        var degree = Tensor.Arange(Hidden).Remainder(Tensor.Scalar(Pixels - 1, DType.Int64)).Unsqueeze(1);
        using var net = new Sequential(
            new MaskedLinear(new Linear(Pixels, Hidden), place.Le(degree).To(DType.Float32)), new ReLU(),
            new MaskedLinear(new Linear(Hidden, Pixels), degree.T().Lt(place.T()).To(DType.Float32)));
        using var optimizer = new Adam(net.Parameters(), lr: 1e-2);
        var loader = new Loader(train, 80, seed: 133);
        var best = double.PositiveInfinity;
        for (var epoch = 0; epoch < 16; epoch++)
        {
            foreach (var (x, y) in loader)
            {
                using var step = Scope.New();
                optimizer.ZeroGrad();
                Loss.BceWithLogits(net.Forward(x), y).Backward();
                optimizer.Step();
            }
            net.Eval();
            using (Scope.New())
            using (Autograd.NoGrad())
            {
                var nats = Loss.BceWithLogits(net.Forward(valid), valid).Item<double>() * Pixels;
                if (nats > best - 0.02) optimizer.LearningRate /= 3;
                best = Math.Min(best, nats);
            }
            net.Train();
        }
        // Independent pixels cost 17.1 nats.
        Outcome.AtMost("nats per held-out picture", best, 9);
    }
}
