using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Reinforcement;

static class PointMassPolicy
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "point-mass-deterministic-policy",
        About = "DDPG-like: the actor ascends a learned critic (loss -Q), both have slowly following targets; off-policy, two optimizers",
        Half = Half.Report,
        Run = Run,
    };

    static Sequential Net(int inputs, bool bounded) =>
        bounded ? new(new Linear(inputs, 40), new ReLU(), new Linear(40, 1), new Tanh()) : new(new Linear(inputs, 40), new ReLU(), new Linear(40, 40), new ReLU(), new Linear(40, 1));

    static (Tensor State, Tensor Reward) Physics(Tensor state, Tensor push)
    {
        var parts = state.Chunk(2, 1);
        var speed = 0.8 * parts[1] + 0.4 * push;
        var place = (parts[0] + 0.4 * speed).Clamp(-2, 2);
        return (Tensor.Cat([place, speed], 1), -place.Square() - 0.05 * push.Square());
    }

    static double Return(Func<Tensor, Tensor> act)
    {
        using var noGrad = Autograd.NoGrad();
        var state = Tensor.Cat([Tensor.Rand([64, 1]) * 4 - 2, Tensor.Zeros([64, 1])], 1);
        var sum = 0.0;
        for (var t = 0; t < 25; t++)
        {
            (state, var reward) = Physics(state, act(state));
            sum += reward.Mean().Item<double>();
        }
        return sum;
    }

    static void Follow(Module slow, Module fast)
    {
        using var noGrad = Autograd.NoGrad();
        foreach (var (mine, theirs) in slow.Parameters().Zip(fast.Parameters())) mine.MulInPlace(0.97).AddInPlace(theirs, 0.03);
    }

    static void Run()
    {
        Rng.Seed(135);
        using var all = Scope.New();
        using Sequential actor = Net(2, true), critic = Net(3, false), actorTarget = Net(2, true), criticTarget = Net(3, false);
        actorTarget.LoadStateDict(actor.StateDict());
        criticTarget.LoadStateDict(critic.StateDict());
        using var actorOptimizer = new Adam(actor.Parameters(), 2e-3);
        using var criticOptimizer = new Adam(critic.Parameters(), 4e-3);
        var idle = Return(s => s.Narrow(1, 0, 1) * 0);
        for (var i = 0; i < 500; i++)
        {
            using var step = Scope.New();
            var state = Tensor.Cat([Tensor.Rand([64, 1]) * 4 - 2, 0.6 * Tensor.Randn([64, 1])], 1);
            Tensor push, wanted;
            using (Autograd.NoGrad())
            {
                push = (actor.Forward(state) + 0.5 * Tensor.Randn([64, 1])).Clamp(-1, 1);
                var (next, reward) = Physics(state, push);
                wanted = reward + 0.9 * criticTarget.Forward(Tensor.Cat([next, actorTarget.Forward(next)], 1));
            }
            criticOptimizer.ZeroGrad();
            Loss.Mse(critic.Forward(Tensor.Cat([state, push], 1)), wanted).Backward();
            criticOptimizer.Step();

            actorOptimizer.ZeroGrad();
            var gain = critic.Forward(Tensor.Cat([state, actor.Forward(state)], 1)).Mean();
            (-gain).Backward();
            actorOptimizer.Step();
            Follow(actorTarget, actor);
            Follow(criticTarget, critic);
        }
        actor.Eval();
        Outcome.AtMost("cost of the learned policy, as a share of doing nothing", Return(actor.Forward) / idle, 0.4);
    }
}
