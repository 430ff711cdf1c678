using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class HalfPrecisionScaler
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "bars-attributes-growing-loss-scale",
        About = "conv net finds which of ten bars are lit; the loss scale doubles every 25 steps until gradients overflow half precision and a step is left out",
        Half = Half.Report,
        Run = Run,
    };

    sealed class GradScaler(double scale, int growthInterval)
    {
        int _sinceOverflow;

        public double Scale { get; set; } = scale;
        public int Skipped { get; set; }

        public void Step(Optimizer optimizer)
        {
            var parameters = optimizer.Groups.SelectMany(g => g.Parameters).ToArray();
            var overflow = false;
            foreach (var p in parameters)
            {
                // What a float16 backward pass would have left.
                var gradient = p.Grad!.To(DType.Float16).To(DType.Float32);
                overflow |= gradient.Abs().Max().Item<double>() is var most && !double.IsFinite(most);
                p.Grad = gradient / Scale;
            }
            if (overflow)
            {
                (Scale, _sinceOverflow) = (Scale / 2, 0);
                Skipped++;
                return;
            }
            optimizer.Step();
            if (++_sinceOverflow == growthInterval) (Scale, _sinceOverflow) = (Scale * 2, 0);
        }
    }

    static void Run()
    {
        Rng.Seed(141);
        using var all = Scope.New();
        var (images, bars) = Pictures.Bars(1300, 5, share: 0.3, seed: 141);
        using var train = new TensorDataset(images[..1000] + 0.3 * images[..1000].RandnLike(), bars[..1000].Clone());
        using var net = new Sequential(
            new Conv2d(1, 12, (1, 5)), new ReLU(), new Flatten(), // rows: [N, 60]
            new Linear(60, 40), new ReLU(), new Linear(40, 10), new Sigmoid());
        using var optimizer = new SGD(net.Parameters(), lr: 0.3, momentum: 0.8);
        var scaler = new GradScaler(65536, 25);
        var loader = new Loader(train, 50, seed: 141);
        for (var epoch = 0; epoch < 20; epoch++)
            foreach (var (x, y) in loader)
            {
                using var step = Scope.New();
                optimizer.ZeroGrad();
                var loss = Loss.Bce(net.Forward(x), y);
                (loss * scaler.Scale).Backward();
                scaler.Step(optimizer);
            }
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        var right = net.Forward(images[1000..]).Gt(0.5).Eq(bars[1000..].Gt(0.5)).To(DType.Float32).Mean();
        Outcome.AtLeast("skipped steps", scaler.Skipped, 1);
        Outcome.AtLeast("bars told rightly (0.7 by chance)", right.Item<double>(), 0.9);
    }
}
