using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Generative;

static class MoonsFlow
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "moons-normalizing-flow",
        About = "six affine coupling layers (RealNVP) fit two moons by maximum likelihood; the last layer of each starts at zero, so the flow starts as the identity",
        Half = Half.Tune,
        Run = Run,
    };

    sealed class Coupling : Module
    {
        readonly bool _swap;

        public Coupling(bool swap)
        {
            _swap = swap;
            Net = new(new Linear(1, 32), new Tanh(), new Linear(32, 32), new Tanh(), new Linear(32, 2));
            var last = (Linear)Net[4];
            Init.Zeros(last.Weight);
            Init.Zeros(last.Bias!);
        }

        public Sequential Net { get; }

        public (Tensor Z, Tensor LogDet) Apply(Tensor x)
        {
            var parts = x.Chunk(2, 1);
            var (kept, moved) = _swap ? (parts[1], parts[0]) : (parts[0], parts[1]);
            var both = Net.Forward(kept).Chunk(2, 1);
            var scale = Functional.Tanh(both[0]);
            moved = moved * scale.Exp() + both[1];
            return (_swap ? Tensor.Cat([moved, kept], 1) : Tensor.Cat([kept, moved], 1), scale.Squeeze(1));
        }

        protected override Tensor Compute(Tensor x) => Apply(x).Z;
    }

    static Tensor NegativeLogLikelihood(IEnumerable<Coupling> flow, Tensor x)
    {
        var logDet = Tensor.Zeros([x.Size(0)]);
        foreach (var layer in flow)
        {
            (x, var contribution) = layer.Apply(x);
            logDet = logDet + contribution;
        }
        var logNormal = -0.5 * x.Square().Sum(1) - Math.Log(2 * Math.PI);
        return -(logNormal + logDet).Mean();
    }

    static void Run()
    {
        Rng.Seed(14);
        using var all = Scope.New();
        Coupling[] flow = [.. Enumerable.Range(0, 6).Select(i => new Coupling(i % 2 == 1))];
        using var adam = new Adam(flow.SelectMany(f => f.Parameters()), 5e-3);
        var (x, _) = Plane.Moons(3000, 0.08, seed: 14);
        for (var i = 0; i < 400; i++)
        {
            using var step = Scope.New();
            var batch = x.IndexSelect(0, Tensor.RandInt(0, 3000, [200]));
            var loss = NegativeLogLikelihood(flow, batch);
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
        }

        using var noGrad = Autograd.NoGrad();
        foreach (var layer in flow) layer.Eval();
        var (fresh, _) = Plane.Moons(1000, 0.08, seed: 15);
        // A normal distribution has 2.84 nats.
        Outcome.AtMost("nats per point", NegativeLogLikelihood(flow, fresh).Item<double>(), 2.2);
        foreach (var layer in flow) layer.Dispose();
    }
}
