using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Optimization;

/// <summary>PES504 stale-optimizer-parameters</summary>
public sealed class StaleOptimizerParameters() : RollCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES504",
        Name = "stale-optimizer-parameters",
        Level = Level.Error,
        Summary = "the optimizer holds tensors that the network no longer uses",
        Explains = [.. Consequences.OfNotTraining, "PES503", "PES208", "PES405"],
        Docs = """
            ## Why it matters
            When a network or a layer is made anew (`model = Net()`, `model.fc = Linear(...)`, some ways of moving it to a device) after the
            optimizer was built, the optimizer goes on with the old tensors. Every step runs, and changes nothing that matters.

            It is reported when gradients reach parameters that no optimizer holds, and the optimizer holds as many tensors that are no
            part of a network, or the same names of a network that gets no gradient.

            ## When it is a false alarm
            Parameters of a loss, and free tensors that are optimized (images, latent codes), belong to no network either; they are not counted
            unless as many of the network's own are missing.

            ## What to do
            Build the optimizer after the network is complete and on its device.
            """,
    };

    long _steps;

    protected override void OnLoop(LoopEvent observation)
    {
        if (observation.Action == LoopAction.OptimizerStep) _steps++;
    }

    public override Verdict Conclude()
    {
        var known = Roll.Asking.Where(e => e.Optimized is not null).ToArray();
        if (known.Length == 0) return NotEnoughEvidence("nobody looked which parameters the optimizers hold");
        if (Roll.Optimizers.Count == 0) return NotApplicable("the program has no optimizer");
        if (_steps == 0) return NotEnoughEvidence("no optimizer step was seen");
        var missing = known.Where(e => e is { Optimized: false, GetsGradient: true }).ToArray();
        if (missing.Length == 0) return Passed("every parameter that gets a gradient is in an optimizer");

        var stale = missing.Where(e => e.NameIsStale || Ghost(e)).ToArray();
        var strangers = Roll.Optimizers.Values.Sum(o => o.Groups.Sum(g => g.Strangers));
        var lost = stale.Length > 0 ? stale : strangers == missing.Length ? missing : [];
        if (lost.Length == 0) return Passed("the optimizers hold no tensors that took the place of the network's");

        var optimizer = Roll.Optimizers.Values.FirstOrDefault(o => o.Groups.Any(g => g.Strangers > 0)) ?? Roll.Optimizers.Values.First();
        return Found(Finding($"{optimizer.Type} holds old tensors in place of {Names(lost)}", EvidenceClass.Proved) with
        {
            Location = At(optimizer.Site),
            Related = [.. lost.Where(e => e.Parameter.Site is not null).Select(e => new RelatedLocation(e.Parameter.Site!.File, e.Parameter.Site.Line, $"{e.FullName} is made here"))
                .DistinctBy(r => (r.File, r.Line)).Take(3)],
            Evidence =
            [
                new("parameters with a gradient in no optimizer", string.Create(CultureInfo.InvariantCulture, $"{missing.Length} of {known.Length}"), "0", "definition"),
                new("tensors in the optimizer that no network uses", (stale.Length > 0 ? stale.Length : strangers).ToString(CultureInfo.InvariantCulture), "0", "definition"),
            ],
            Fixes = ["build the optimizer after the network is complete and on its device"],
        });
    }

    /// <summary>An optimizer holds a parameter of the same name in another network, and no gradient reaches that one.</summary>
    bool Ghost(RollEntry missing)
    {
        var local = missing.Parameter.Name;
        return Roll.Held.Any(name => name != missing.FullName && LocalName(name) == local
            && (Roll.Entries.FirstOrDefault(e => e.FullName == name) is not { } held || !held.GetsGradient));
    }

    static string LocalName(string fullName) => fullName.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && int.TryParse(fullName.AsSpan(0, slash), CultureInfo.InvariantCulture, out _)
        ? fullName[(slash + 1)..] : fullName;
}
