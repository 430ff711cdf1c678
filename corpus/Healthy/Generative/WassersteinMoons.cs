using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Generative;

static class WassersteinMoons
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "moons-wgan-gradient-penalty",
        About = "WGAN with gradient penalty: four critic steps per generator step, double backward, losses without a floor at zero",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Net(int inputs, int outputs) : Module
    {
        readonly Linear _in = new(inputs, 64), _mid = new(64, 64), _out = new(64, outputs);

        protected override Tensor Compute(Tensor x) => _out.Forward(Functional.Silu(_mid.Forward(Functional.Silu(_in.Forward(x)))));
    }

    static Tensor Penalty(Net critic, Tensor real, Tensor fake)
    {
        var share = Tensor.Rand([real.Size(0), 1]);
        var between = (share * real + (1 - share) * fake).Detach().RequireGrad();
        var slope = Autograd.Grad(critic.Forward(between).Sum(), between, createGraph: true);
        return (slope.Norm(2, [1]) - 1).Square().Mean();
    }

    /// <summary>The mean distance of sorted projections.</summary>
    static double SlicedDistance(Tensor a, Tensor b)
    {
        var directions = Tensor.Randn([2, 40]);
        directions = directions / directions.Norm(2, [0], keepDim: true);
        return (a.MatMul(directions).Sort(0).Values - b.MatMul(directions).Sort(0).Values).Abs().Mean().Item<double>();
    }

    static void Run()
    {
        Rng.Seed(130);
        using var all = Scope.New();
        var (data, _) = Plane.Moons(3000, 0.1, seed: 130);
        using Net generator = new(3, 2), critic = new(2, 1);
        using var forGenerator = new Adam(generator.Parameters(), 1e-3, beta1: 0.5, beta2: 0.9);
        using var forCritic = new Adam(critic.Parameters(), 2e-3, beta1: 0.5, beta2: 0.9);

        double Distance()
        {
            using var quiet = Autograd.NoGrad();
            return SlicedDistance(data[2000..], generator.Forward(Tensor.Randn([1000, 3])));
        }

        var before = Distance();
        for (var i = 0; i < 200; i++)
        {
            for (var k = 0; k < 4; k++)
            {
                using var inner = Scope.New();
                var real = data.IndexSelect(0, Tensor.RandInt(0, 2000, [100]));
                var fake = generator.Forward(Tensor.Randn([100, 3])).Detach();
                var loss = critic.Forward(fake).Mean() - critic.Forward(real).Mean() + Penalty(critic, real, fake);
                forCritic.ZeroGrad();
                loss.Backward();
                forCritic.Step();
            }
            using var outer = Scope.New();
            forGenerator.ZeroGrad();
            (-critic.Forward(generator.Forward(Tensor.Randn([100, 3]))).Mean()).Backward();
            forGenerator.Step();
        }
        generator.Eval();
        var after = Distance();
        Outcome.AtMost("sliced distance to the data", after, 0.25);
        Outcome.AtMost("distance as a share of that before", after / before, 0.35);
    }
}
