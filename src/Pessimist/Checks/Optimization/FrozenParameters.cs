using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Optimization;

/// <summary>PES509 frozen-parameters</summary>
public sealed class FrozenParameters(FrozenParameters.Limits limits) : RollCheck(About), IReads<ExceptionRaised>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES509",
        Name = "frozen-parameters",
        Level = Level.Warning,
        Summary = "requires_grad is off where learning is needed",
        Explains = ["PES309", "PES502", "PES607", "PES611", "PES901", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            What does not ask for gradients stays as it is. That is wanted for a pre-trained backbone under a new head, and a mistake for the head, or
            for a backbone that was never trained.

            ## When it is a false alarm
            Frozen parts of a network whose loss comes down are no more than a note, and that only where the optimizer was given them. Small frozen parts (positions, masks) are too.
            Programs that optimize images or codes through a fixed network are left alone.

            ## What to do
            Switch `requires_grad` on for what is to be learned, and give it to the optimizer.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of the numbers in a network, frozen, while its loss does not come down.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.5;
    }

    long _steps;
    bool _refused;

    public void Read(ExceptionRaised observation) => _refused |= Crashes.KindOf(observation) == CrashKind.NoGradient;

    protected override void OnLoop(LoopEvent observation)
    {
        if (observation.Action == LoopAction.OptimizerStep) _steps++;
    }

    public override Verdict Conclude()
    {
        var all = Roll.Entries.Where(e => e.Parameter is { AliasOf: null, Registered: true }).ToArray();
        if (all.Length == 0) return NotEnoughEvidence("no parameter was observed");
        if (all.All(e => e.Parameter.RequiresGradient)) return Passed("no parameter is frozen");
        if (_steps == 0 && !_refused) return NotEnoughEvidence("no optimizer step was seen");
        if (all.All(e => !e.Parameter.RequiresGradient))
            return Roll.Optimizers.Values.Any(o => o.Groups.Any(g => g.Strangers > 0)) ? NotApplicable("the optimizer trains something else than the networks")
                : Roll.Optimizers.Count == 0 ? NotEnoughEvidence("every parameter is frozen, and nobody saw what is optimized")
                : Found(Frozen(all, "every parameter is frozen: no step changes anything", EvidenceClass.Proved, "all"));
        if (!HasSymptom) return HeldAllTheSame(all);

        foreach (var network in all.GroupBy(e => e.Parameter.Model))
        {
            var frozen = network.Where(e => !e.Parameter.RequiresGradient).ToArray();
            // A network that is frozen as a whole, beside one that is not, is there to judge or to teach.
            if (frozen.Length == 0 || frozen.Length == network.Count()) continue;
            var head = network.Last(e => e.Parameter.Shape.Count >= 2 || e == network.Last());
            var share = frozen.Sum(Size) / Math.Max(1, network.Sum(Size));
            if (!head.Parameter.RequiresGradient) return Found(Frozen(frozen, $"the last layer ({head.FullName}) is frozen while the loss does not come down", EvidenceClass.Suspected, Share(share)));
            if (share > limits.Share)
                return Found(Frozen(frozen, string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the network is frozen while the loss does not come down"), EvidenceClass.Suspected, Share(share)));
        }

        return Passed("what is frozen is no large part of a network, and not its last layer");
    }

    /// <summary>Most of a network is frozen, though an optimizer that trains the rest holds it too: it may have been meant to learn.</summary>
    Verdict HeldAllTheSame(RollEntry[] all)
    {
        var trained = all.Where(e => e is { Parameter.RequiresGradient: true, GetsGradient: true }).SelectMany(e => e.Parameter.Optimizers ?? []).ToHashSet();
        foreach (var network in all.GroupBy(e => e.Parameter.Model))
        {
            var held = network.Where(e => !e.Parameter.RequiresGradient && e.Parameter.Optimizers?.Any(trained.Contains) == true).ToArray();
            var share = held.Sum(Size) / Math.Max(1, network.Sum(Size));
            if (share > limits.Share) return Found(Frozen(held, "most parameters are frozen, though the optimizer holds them", EvidenceClass.Suspected, Share(share), Level.Note));
        }

        return Passed("some parameters are frozen, and there is no symptom");
    }

    static double Size(RollEntry entry) => entry.Parameter.Shape.Aggregate(1.0, (a, b) => a * b);

    static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share:0%}");

    Finding Frozen(RollEntry[] frozen, string message, EvidenceClass evidence, string share, Level? level = null) => Finding(message, evidence, level) with
    {
        Location = At(frozen[0].Parameter.Site, frozen[0].FullName),
        Related = [.. frozen[0].Parameter.SetBy.Where(l => l != frozen[0].Parameter.Site).Select(l => new RelatedLocation(l.File, l.Line, "perhaps frozen here"))],
        Evidence = [new("share of the network that is frozen", share, string.Create(CultureInfo.InvariantCulture, $"{limits.Share:0%}"), "convention")],
        Notes = [$"frozen: {Names(frozen)}", .. HasSymptom ? [Symptom] : Array.Empty<string>()],
        Fixes = ["switch `requires_grad` on for what is to be learned, and give it to the optimizer"],
    };
}
