using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Optimization;

/// <summary>PES510 missing-optimizer-step</summary>
public sealed class MissingOptimizerStep(MissingOptimizerStep.Limits limits) : RollCheck(About), IReads<BatchObserved>, IReads<ProgramEnded>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES510",
        Name = "missing-optimizer-step",
        Level = Level.Error,
        Summary = "gradients are computed, and no step uses them",
        Explains = [.. Consequences.OfNotTraining, "PES404", "PES405", "PES208", "PES315"],
        Docs = """
            ## Why it matters
            `backward` only computes gradients; the weights change in `optimizer.step()`. Without it, or with it before `backward` in a loop that
            clears gradients, every weight stays what it was.

            ## When it is a false alarm
            Programs without an optimizer (saliency maps, adversarial inputs, weights updated by hand), and programs whose inputs ask for
            gradients, are left alone. Many backward passes before one step are accumulation. A step that a gradient scaler skips is a step. Of
            several optimizers, one that is never used is a warning, and only when the program has ended and no other holds its parameters.

            ## What to do
            Per step, in this order: `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Backward passes of a program that has ended.</summary>
        [Origin(Origin.Convention)] public int FewestBackwards { get; init; } = 20;

        /// <summary>Backward passes of a program that still runs: more than anybody accumulates.</summary>
        [Origin(Origin.Convention)] public int FewestBackwardsRunning { get; init; } = 500;

        /// <summary>Of the steps that find no gradient.</summary>
        [Origin(Origin.Definition, "one is too many; a tenth is left for what was not seen")] public double Share { get; init; } = 0.9;
    }

    readonly LoopOrder _order = new();
    bool _inputsAsk, _ended;

    protected override void OnLoop(LoopEvent observation) => _order.Read(observation);

    public void Read(BatchObserved observation) => _inputsAsk |= observation.Inputs.Any(i => i.RequiresGrad);

    public void Read(ProgramEnded observation) => _ended = true;

    public override Verdict Conclude()
    {
        if (_order.Backwards == 0) return NotEnoughEvidence("no backward pass was seen");
        if (_order.Steps + _order.Skips > 0) return WrongOrder() ?? Unused() ?? Passed($"steps follow backward passes");
        if (Roll.Optimizers.Count == 0) return NotApplicable("the program has no optimizer");
        if (_inputsAsk) return NotApplicable("the inputs ask for gradients: they may be what is wanted");
        var needed = _ended ? limits.FewestBackwards : limits.FewestBackwardsRunning;
        if (_order.Backwards < needed)
            return NotEnoughEvidence(string.Create(CultureInfo.InvariantCulture, $"{_order.Backwards} backward passes without a step may be accumulation, at least {needed} are needed"));

        var optimizer = Roll.Optimizers.Values.First();
        return Found(Finding("no optimizer step is ever taken: the weights stay what they were", EvidenceClass.Proved) with
        {
            Location = At(_order.BackwardSite) ?? At(optimizer.Site),
            Related = optimizer.Site is { } site ? [new RelatedLocation(site.File, site.Line, $"the {optimizer.Type} that is not used")] : [],
            Evidence = [new("optimizer steps", string.Create(CultureInfo.InvariantCulture, $"0 after {_order.Backwards} backward passes"), "at least 1", "definition")],
            Fixes = ["call `optimizer.step()` after `backward`"],
        });
    }

    Verdict? WrongOrder() => !_order.StepCameFirst || _order.Stepping.Count != 1 || _order.Steps < limits.FewestBackwards || _order.EmptySteps < limits.Share * (_order.Steps - 1) ? null
        : Found(Finding("the step is taken before the backward pass, and gradients are cleared in between: no step finds any", EvidenceClass.Proved) with
        {
            Location = At(_order.StepSite),
            Related = _order.BackwardSite is { } site ? [new RelatedLocation(site.File, site.Line, "the backward pass that should come first")] : [],
            Evidence = [new("steps without a gradient", string.Create(CultureInfo.InvariantCulture, $"{_order.EmptySteps} of {_order.Steps - 1}, after the first"), "0", "definition")],
            Fixes = ["call `backward` before `step`"],
        });

    /// <summary>One of several optimizers never steps, though gradients reach what it alone holds.</summary>
    Verdict? Unused()
    {
        if (!_ended || _order.Steps < limits.FewestBackwards || _order.Stepping.ContainsKey(-1)) return null;
        var used = Roll.Optimizers.Values.Where(o => _order.Stepping.ContainsKey(o.Optimizer)).SelectMany(NamesOf).ToHashSet();
        foreach (var optimizer in Roll.Optimizers.Values.Where(o => !_order.Stepping.ContainsKey(o.Optimizer)))
        {
            var alone = Roll.Asking.Where(e => e.GetsGradient && NamesOf(optimizer).Contains(e.FullName)).ToArray();
            // A successor over the same parameters takes the place of one that was set up first.
            if (alone.Length == 0 || alone.Any(e => used.Contains(e.FullName))) continue;
            return Found(Finding($"{optimizer.Type} never steps, and nothing else trains {Names(alone)}", EvidenceClass.Proved, Level.Warning) with
            {
                Location = At(optimizer.Site),
                Evidence = [new("steps of this optimizer", string.Create(CultureInfo.InvariantCulture, $"0, of {_order.Steps} in all"), "at least 1", "definition")],
                Fixes = ["call its `step()`, or remove it"],
            });
        }

        return null;
    }

    static IEnumerable<string> NamesOf(OptimizerBuilt optimizer) => optimizer.Groups.SelectMany(g => g.Parameters);
}
