using Pessimist.Observations;
using Pessimist.Signals;
using Pessimist.Text;

namespace Pessimist.Checks.Model;

/// <summary>PES208 unused-parameters</summary>
public sealed class UnusedParameters(UnusedParameters.Limits limits) : RollCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES208",
        Name = "unused-parameters",
        Level = Level.Warning,
        Summary = "parameters take no part in the loss",
        Docs = """
            ## Why it matters
            A layer that was built but is not called in the forward pass is usually a slip; it is never trained.

            ## When it is a false alarm
            Branches that only some batches use (several heads, mixtures of experts), and parameters whose gradients are switched off, which are
            not counted. In a watched program only those count that an optimizer holds and that get no gradient at any of many steps; while
            the program learns, as with a part of a pretrained network that the task has no use for, it is a note.

            ## What to do
            Call the layer in the forward pass, or remove it.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Sampled steps of a watched program, at none of which a gradient reaches the parameters.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 8;
    }

    bool _watched;

    protected override void OnLoop(LoopEvent observation) => _watched |= observation.Action == LoopAction.Backward;

    public override Verdict Conclude()
    {
        var asking = Roll.Asking.ToArray();
        if (asking.Length == 0) return NotEnoughEvidence("no parameter was observed");
        // Those before the first that has a gradient are cut off, which is another finding, unless no operation reads them; and so is a network that gets none at all.
        var unused = asking.GroupBy(e => e.Parameter.Model)
            .SelectMany(network => network.Any(e => e.GetsGradient) ? network.SkipWhile(e => !e.GetsGradient && e.Used != false).Where(e => !e.GetsGradient) : []).ToArray();
        if (_watched) unused = [.. unused.Where(e => e.Optimized == true)];
        if (unused.Length == 0) return Passed($"a gradient reaches all that should have one ({asking.Length} parameters)");
        if (_watched && unused.Any(e => e.Measured < limits.FewestSteps))
            return NotEnoughEvidence($"some parameters got no gradient yet; at least {limits.FewestSteps} sampled steps are needed");
        return Found(Finding($"{DidYouMean.List(unused.Select(e => e.FullName), 6)} {(unused.Length == 1 ? "takes" : "take")} no part in the loss", EvidenceClass.Proved, _watched && Progress.State == ProgressState.Learns ? Level.Note : Level.Warning) with
        {
            Location = At(unused[0].Parameter.Site, unused[0].FullName),
            Evidence = [new("parameters without a gradient", $"{unused.Length} of {asking.Length}", "0", "definition")],
            Fixes = ["call their layers in the forward pass, or remove them"],
        });
    }
}
