using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Reinforcement;

static class GridDqn
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "grid-dqn",
        About = "DQN with replay and a target network on a 5x5 grid; rewards are rare, so the loss starts near zero and rises before it falls",
        Half = Half.Tune,
        Run = Run,
    };

    const int Side = 5, Goal = Side * Side - 1;

    readonly record struct Transition(int State, int Action, float Reward, int Next, bool Done);

    static Transition Move(int state, int action)
    {
        int x = state % Side, y = state / Side;
        (x, y) = action switch { 0 => (Math.Max(x - 1, 0), y), 1 => (Math.Min(x + 1, Side - 1), y), 2 => (x, Math.Max(y - 1, 0)), _ => (x, Math.Min(y + 1, Side - 1)) };
        var next = y * Side + x;
        return new(state, action, next == Goal ? 1f : -0.02f, next, next == Goal);
    }

    static Tensor OneHot(IEnumerable<int> states) => Tensor.From([.. states.Select(s => (long)s)]).OneHot(Side * Side).To(DType.Float32);

    static void Run()
    {
        Rng.Seed(16);
        var random = new Random(16);
        using var online = new Mlp(Side * Side, 64, 4);
        using var target = new Mlp(Side * Side, 64, 4);
        target.LoadStateDict(online.StateDict());
        target.RequiresGrad(false);
        using var optimizer = new Adam(online.Parameters(), lr: 2e-3);
        List<Transition> replay = [];
        int state = 0, age = 0;
        for (var t = 0; t < 2000; t++)
        {
            using var step = Scope.New();
            var explore = Math.Max(0.1, 1 - t / 1000.0);
            int action;
            using (Autograd.NoGrad())
                action = random.NextDouble() < explore ? random.Next(4) : (int)online.Forward(OneHot([state])).ArgMax(1).Item<long>();
            var seen = Move(state, action);
            replay.Add(seen);
            (state, age) = seen.Done || age > 40 ? (random.Next(Goal), 0) : (seen.Next, age + 1);
            if (t < 200) continue;

            var batch = Enumerable.Range(0, 32).Select(_ => replay[random.Next(replay.Count)]).ToArray();
            Tensor wanted;
            using (Autograd.NoGrad())
            {
                var future = target.Forward(OneHot(batch.Select(b => b.Next))).Max(1).Values;
                var goesOn = Tensor.From([.. batch.Select(b => b.Done ? 0f : 1f)]);
                wanted = Tensor.From([.. batch.Select(b => b.Reward)]) + 0.95 * goesOn * future;
            }
            var actions = Tensor.From([.. batch.Select(b => (long)b.Action)], 32, 1);
            var q = online.Forward(OneHot(batch.Select(b => b.State))).Gather(1, actions).Squeeze(1);
            optimizer.ZeroGrad();
            Loss.Huber(q, wanted).Backward();
            optimizer.Step();
            if (t % 50 == 0) target.LoadStateDict(online.StateDict());
        }

        online.Eval();
        using var quiet = Autograd.NoGrad();
        using var scope = Scope.New();
        var best = online.Forward(OneHot(Enumerable.Range(0, Goal))).ArgMax(1).ToArray<long>();
        var detours = 0;
        for (var start = 0; start < Goal; start++)
        {
            var at = start;
            for (var n = 0; n < 2 * Side && at != Goal; n++) at = Move(at, (int)best[at]).Next;
            if (at != Goal) detours++;
        }
        Outcome.AtMost("starts that do not reach the goal", detours, 2);
    }
}
