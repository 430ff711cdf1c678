using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Metric;

static class PrototypesTriplet
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "identities-triplet-loss",
        About = "triplet loss with margin; most triplets soon cost nothing, and what is measured is retrieval of identities never trained on",
        Half = Half.Report,
        Run = Run,
    };

    const int Dimensions = 24, Identities = 60, PerIdentity = 20;

    static void Run()
    {
        Rng.Seed(110);
        using var all = Scope.New();
        // Who somebody is lies in a 5-dimensional part of what is seen; the rest is strong nuisance.
        var mix = Tensor.Randn([Dimensions, Dimensions]) / Math.Sqrt(Dimensions);
        var identity = Tensor.Randn([Identities, 1, 5]).Expand(-1, PerIdentity, -1) + 0.25 * Tensor.Randn([Identities, PerIdentity, 5]);
        var seen = Tensor.Cat([identity, 1.5 * Tensor.Randn([Identities, PerIdentity, Dimensions - 5])], 2).MatMul(mix); // [identity, look, feature]
        using var net = new Sequential(new Linear(Dimensions, 64), new ReLU(), new Linear(64, 12));
        using var optimizer = new Adam(net.Parameters(), lr: 2e-3);
        var before = Retrieval(net, seen[40..]);
        for (var i = 0; i < 400; i++)
        {
            using var step = Scope.New();
            var who = Tensor.RandInt(0, 40, [96]);
            var other = (who + Tensor.RandInt(1, 40, [96])).Remainder(Tensor.Scalar(40, DType.Int64));
            var anchor = net.Forward(seen.Index(who, Tensor.RandInt(0, PerIdentity, [96])));
            var positive = net.Forward(seen.Index(who, Tensor.RandInt(0, PerIdentity, [96])));
            var negative = net.Forward(seen.Index(other, Tensor.RandInt(0, PerIdentity, [96])));
            var near = (anchor - positive).Square().Sum(1);
            var far = (anchor - negative).Square().Sum(1);
            var loss = Functional.Relu(near - far + 1).Mean();
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        var after = Retrieval(net, seen[40..]);
        Outcome.AtLeast("right neighbours of new identities", after, 0.5);
        Outcome.AtLeast("gain over the start", after - before, 0.2);
    }

    static double Retrieval(Sequential net, Tensor people)
    {
        net.Eval();
        using var noGrad = Autograd.NoGrad();
        var z = net.Forward(people).Flatten(0, 1);
        var distance = (z.Unsqueeze(1) - z.Unsqueeze(0)).Square().Sum(2) + Tensor.Eye(z.Size(0)) * 1e6;
        var who = Tensor.Arange(people.Size(0)).Unsqueeze(1).Expand(-1, PerIdentity).Reshape(-1);
        net.Train();
        return who.IndexSelect(0, distance.ArgMin(1)).Eq(who).To(DType.Float32).Mean().Item<double>();
    }
}
