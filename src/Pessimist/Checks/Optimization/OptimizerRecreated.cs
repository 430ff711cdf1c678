using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Optimization;

/// <summary>PES511 optimizer-recreated</summary>
public sealed class OptimizerRecreated(OptimizerRecreated.Limits limits) : ProgramCheck(About), IReads<OptimizerBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES511",
        Name = "optimizer-recreated",
        Level = Level.Warning,
        Summary = "the optimizer is built again and again over the same parameters",
        Docs = """
            ## Why it matters
            Momentum and the running means of Adam live in the optimizer. Built anew every step or epoch, it forgets them: Adam then takes
            steps of the full learning rate along the sign of the gradient, SGD goes without momentum.

            ## When it is a false alarm
            A new optimizer for each stage of fine-tuning, or for each fold with its own network, is silent: a few, or over other parameters.
            So is plain SGD, which has no state. Meta-learning and federated averaging start anew on purpose.

            ## What to do
            Build the optimizer once, before the loop. To change the rate, use a scheduler or set `param_groups`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Optimizers over the same parameters, from one line, with steps in between.</summary>
        [Origin(Origin.Convention, "more than the stages of a fine-tuning")] public int Fewest { get; init; } = 5;
    }

    sealed class Rebuilt(OptimizerBuilt first)
    {
        public OptimizerBuilt First { get; } = first;
        public OptimizerBuilt Last { get; set; } = first;
        public int Count { get; set; } = 1;
    }

    /// <summary>More lines than this are not followed.</summary>
    const int Most = 256;

    readonly Dictionary<string, Rebuilt> _byLine = [];
    int _seen;
    long _steps;

    protected override void OnLoop(LoopEvent observation)
    {
        if (observation.Action == LoopAction.OptimizerStep) _steps++;
    }

    public void Read(OptimizerBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _seen++;
        if (!HasState(observation)) return;
        var names = observation.Groups.SelectMany(g => g.Parameters).ToArray();
        if (names.Length == 0) return;
        var key = string.Create(CultureInfo.InvariantCulture, $"{observation.Site?.File}:{observation.Site?.Line} {string.Join(' ', names)}");
        if (!_byLine.TryGetValue(key, out var rebuilt))
        {
            if (_byLine.Count < Most) _byLine[key] = new Rebuilt(observation);
            return;
        }

        // The same number is the same optimizer, changed; without steps in between there is no state to lose.
        if (observation.Optimizer == rebuilt.Last.Optimizer || observation.Step <= rebuilt.Last.Step) return;
        rebuilt.Count++;
        rebuilt.Last = observation;
    }

    public override Verdict Conclude()
    {
        if (_seen == 0) return NotApplicable("the program has no optimizer");
        if (_steps == 0) return NotEnoughEvidence("no optimizer step was seen");
        if (_byLine.Count == 0) return Passed("the optimizers have no state to lose");
        var worst = _byLine.Values.MaxBy(r => r.Count)!;
        if (worst.Count < limits.Fewest) return Passed(worst.Count == 1 ? "each optimizer is built once" : $"an optimizer is built {worst.Count} times, as stages of a training are");
        var every = (worst.Last.Step - worst.First.Step) / (double)(worst.Count - 1);
        return Found(Finding(string.Create(CultureInfo.InvariantCulture,
            $"{worst.First.Type} is built anew {(every < 1.5 ? "at every step" : $"every {every:0} steps")}: what it has learned about the gradients is lost"), EvidenceClass.Proved) with
        {
            Location = At(worst.First.Site),
            Evidence = [new("optimizers over the same parameters", string.Create(CultureInfo.InvariantCulture, $"{worst.Count} in {worst.Last.Step - worst.First.Step} steps"),
                string.Create(CultureInfo.InvariantCulture, $"fewer than {limits.Fewest}"), "convention")],
            Fixes = ["build the optimizer once, before the loop"],
        });
    }

    static bool HasState(OptimizerBuilt optimizer) => optimizer.Type != "SGD" || optimizer.Groups.Any(g => g.Momentum > 0);
}
