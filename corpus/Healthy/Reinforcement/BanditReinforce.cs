using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Reinforcement;

static class BanditReinforce
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "contextual-bandit-reinforce",
        About = "REINFORCE with a running baseline on a contextual bandit of five arms: the surrogate loss wanders around zero and is often negative",
        Half = Half.Tune,
        Run = Run,
    };

    const int Contexts = 8, Arms = 5;

    static void Run()
    {
        Rng.Seed(15);
        using var all = Scope.New();
        var truth = Tensor.Randn([Contexts, Arms]);
        using var policy = new Sequential(new Linear(Contexts, 32), new ReLU(), new Linear(32, Arms));
        using var optimizer = new Adam(policy.Parameters(), lr: 1e-2);
        var baseline = 0.0;
        for (var i = 0; i < 400; i++)
        {
            using var step = Scope.New();
            var context = Tensor.Randn([64, Contexts]);
            var logProbabilities = Functional.LogSoftmax(policy.Forward(context), 1);
            // Gumbel's trick draws an arm from the policy.
            var gumbel = -(-(Tensor.Rand([64, Arms]) + 1e-9).Log() + 1e-9).Log();
            var arm = (logProbabilities.Detach() + gumbel).ArgMax(1, keepDim: true);
            var reward = Pull(truth, context, arm);
            var loss = -(logProbabilities.Gather(1, arm) * (reward - baseline)).Mean();
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
            baseline += 0.05 * (reward.Mean().Item<double>() - baseline);
        }

        policy.Eval();
        using var noGrad = Autograd.NoGrad();
        var fresh = Tensor.Randn([2000, Contexts]);
        var chosen = policy.Forward(fresh).ArgMax(1);
        var best = fresh.MatMul(truth).ArgMax(1);
        Outcome.AtLeast("best arm chosen", chosen.Eq(best).To(DType.Float32).Mean().Item<double>(), 0.7);
    }

    static Tensor Pull(Tensor truth, Tensor context, Tensor arm)
    {
        using var noGrad = Autograd.NoGrad();
        var value = context.MatMul(truth).Gather(1, arm);
        return value + 0.3 * value.RandnLike();
    }
}
