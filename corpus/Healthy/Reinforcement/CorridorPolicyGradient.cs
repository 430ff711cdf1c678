using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Reinforcement;

static class CorridorPolicyGradient
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "windy-corridor-actor-critic",
        About = "actor-critic with an entropy bonus, episodes of uneven length, one optimizer over both parts; the loss is negative as often as not",
        Half = Half.Report,
        Run = Run,
    };

    const int End = 9;

    sealed class ActorCritic : Module
    {
        public Linear Body { get; } = new(3, 32);
        public Linear Policy { get; } = new(32, 2);
        public Linear Value { get; } = new(32, 1);

        public (Tensor LogProbabilities, Tensor Values) Judge(Tensor states)
        {
            var h = Functional.Tanh(Body.Forward(states));
            return (Functional.LogSoftmax(Policy.Forward(h), 1), Value.Forward(h).Squeeze(1));
        }

        protected override Tensor Compute(Tensor states) => Judge(states).LogProbabilities;
    }

    /// <summary>Walk from the middle to the end on the side the flag is on; the wind sometimes blows back.</summary>
    static (List<float[]> States, List<long> Actions, List<float> Rewards) Play(ActorCritic agent, Random random, bool greedy)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        List<float[]> states = [];
        List<long> actions = [];
        List<float> rewards = [];
        var (place, flag) = (End / 2, random.Next(2));
        while (rewards.Count < 25 && place is > 0 and < End)
        {
            float[] state = [place / (float)End * 2 - 1, flag * 2 - 1, 1 - rewards.Count / 12.5f];
            var right = Math.Exp(agent.Forward(Tensor.From(state, 1, 3)).Select(1, 1).Item<double>());
            var action = greedy ? right > 0.5 : random.NextDouble() < right;
            if (random.NextDouble() > 0.15) place += action ? 1 : -1;
            states.Add(state);
            actions.Add(action ? 1 : 0);
            rewards.Add(place == (flag == 1 ? End : 0) ? 1 : place is 0 or End ? -1 : -0.03f);
        }
        return (states, actions, rewards);
    }

    static void Run()
    {
        Rng.Seed(134);
        var random = new Random(134);
        using var agent = new ActorCritic();
        using var optimizer = new Adam(agent.Parameters(), 1e-2);
        for (var i = 0; i < 120; i++)
        {
            List<float[]> states = [];
            List<long> actions = [];
            List<float> returns = [];
            for (var episode = 0; episode < 5; episode++)
            {
                var (s, a, r) = Play(agent, random, greedy: false);
                for (var t = r.Count - 2; t >= 0; t--) r[t] += 0.97f * r[t + 1];
                states.AddRange(s);
                actions.AddRange(a);
                returns.AddRange(r);
            }
            using var step = Scope.New();
            var (logP, values) = agent.Judge(Tensor.From([.. states.SelectMany(s => s)], states.Count, 3));
            var target = Tensor.From([.. returns]);
            var advantage = target - values.Detach();
            var chosen = logP.Gather(1, Tensor.From([.. actions], actions.Count, 1)).Squeeze(1);
            var entropy = -(logP.Exp() * logP).Sum(1).Mean();
            var loss = -(chosen * advantage).Mean() + 0.5 * Loss.Mse(values, target) - 0.01 * entropy;
            optimizer.ZeroGrad();
            loss.Backward();
            GradientClip.ByNorm(agent.Parameters(), 1);
            optimizer.Step();
        }
        agent.Eval();
        var won = Enumerable.Range(0, 100).Count(_ => Play(agent, random, greedy: true).Rewards[^1] > 0.5);
        Outcome.AtLeast("episodes won of 100 (half by chance)", won, 90);
    }
}
