using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Metric;

static class TwoViews
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "two-views-clip-contrastive",
        About = "two encoders of two kinds of views are matched across the batch by a symmetric contrastive loss with learned temperature, as in CLIP",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Matcher : Module
    {
        public Sequential Sounds { get; } = new(new Linear(30, 64), new GELU(), new Linear(64, 10));
        public Sequential Sights { get; } = new(new Linear(18, 64), new GELU(), new Linear(64, 10));
        public Tensor LogScale { get; } = Init.Constant(Init.Parameter(1), Math.Log(5));

        public Tensor Similarities(Tensor sounds, Tensor sights) => LogScale.Exp() * Unit(Sounds.Forward(sounds)).MatMul(Unit(Sights.Forward(sights)).T());

        protected override Tensor Compute(Tensor sounds) => Unit(Sounds.Forward(sounds));

        static Tensor Unit(Tensor x) => x / (x.Norm(2, [1], keepDim: true) + 1e-6);
    }

    static void Run()
    {
        Rng.Seed(143);
        using var all = Scope.New();
        var hidden = Tensor.Randn([2600, 6]);
        var sounds = hidden.MatMul(0.4 * Tensor.Randn([6, 30])).Tanh() + 0.1 * Tensor.Randn([2600, 30]);
        var sights = hidden.MatMul(0.4 * Tensor.Randn([6, 18])).Sin() + 0.1 * Tensor.Randn([2600, 18]);
        using var model = new Matcher();
        using var optimizer = new AdamW(model.Parameters(), lr: 6e-3);
        var partner = Tensor.Arange(64);
        for (var i = 0; i < 500; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandPerm(2400).Narrow(0, 0, 64);
            var similarities = model.Similarities(sounds.Index(rows), sights.Index(rows)); // [64, 64]
            var loss = (Loss.CrossEntropy(similarities, partner) + Loss.CrossEntropy(similarities.T(), partner)) / 2;
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }

        model.Eval();
        using var noGrad = Autograd.NoGrad();
        var found = model.Similarities(sounds[2400..], sights[2400..]).ArgMax(1).Eq(Tensor.Arange(200));
        Outcome.AtLeast("right partner of 200 (0.005 by chance)", found.To(DType.Float32).Mean().Item<double>(), 0.3);
    }
}
