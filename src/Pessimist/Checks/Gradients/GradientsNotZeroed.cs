using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Gradients;

/// <summary>PES404 gradients-not-zeroed</summary>
public sealed class GradientsNotZeroed(GradientsNotZeroed.Limits limits) : RollCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES404",
        Name = "gradients-not-zeroed",
        Level = Level.Error,
        Summary = "gradients are not cleared between steps, or are cleared before the step can use them",
        Explains = Consequences.OfNotTraining,
        Docs = """
            ## Why it matters
            A backward pass adds to the gradients that are there. Without `zero_grad` every step goes along the sum of all gradients so far: the
            loss swings or explodes. With `zero_grad` between `backward` and `step`, each step finds nothing, and the network does not learn. With
            `zero_grad` before each backward pass of an accumulation, a step takes the gradient of the last pass only, divided by the number of all.

            What is held before each backward pass that follows a step is measured: it is proved only when that is not 0 at (nearly) every one,
            and nothing was cleared in between, by a call or by hand.

            ## When it is a false alarm
            Accumulation over several backward passes clears after each step, and is silent. So is `p.grad = None`. A game of two networks
            lets gradients pile up in the one that does not move, and clears them before it moves: silent. So is a backbone that asks for gradients
            but is not trained, when the rest is cleared. Two passes from one line with a clearing between them are fine where the parameters moved in
            between (SAM, a closure) or the program read the gradients (gradients of several tasks): traced steps show it. Steps along old gradients on purpose (a hand-made momentum) would be reported.

            ## What to do
            Per step, in this order: `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Backward passes after a step that are looked at.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 5;

        /// <summary>Steps of one of several optimizers that are seen to start from exactly what was held before, and none that does not.</summary>
        [Origin(Origin.Definition, "equal to seven digits: once may be chance")] public int FewestStale { get; init; } = 3;

        /// <summary>Clearings between two backward passes of a step, at which it was seen that nobody had used the gradients, and none at which somebody had.</summary>
        [Origin(Origin.Definition, "the first step may be odd")] public int FewestDiscarded { get; init; } = 2;

        /// <summary>Of them that still hold the gradient of an earlier step.</summary>
        [Origin(Origin.Definition, "one is too many; a tenth is left for a loop that clears now and then")] public double Share { get; init; } = 0.9;
    }

    readonly LoopOrder _order = new();

    readonly Dictionary<int, (Site? Backward, Site? Step)> _steps = [];

    protected override void OnLoop(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _order.Read(observation);
        if (observation is { Action: LoopAction.OptimizerStep, Subject: { } optimizer } && _steps.Count < 64) _steps.TryAdd(optimizer, (_order.BackwardSite, observation.Site));
    }

    public override Verdict Conclude()
    {
        if (Misplaced() is { } misplaced) return Found(misplaced);
        if (Thrown() is { } thrown) return Found(thrown);
        if (_order.Steps + _order.Skips == 0) return NotEnoughEvidence("no optimizer step was seen");
        if (_order.Openings < limits.FewestSteps) return NotEnoughEvidence(string.Create(CultureInfo.InvariantCulture,
            $"the gradients held before a backward pass were measured {_order.Openings} times, at least {limits.FewestSteps} are needed"));

        if (_order.ClearingsOf(-1) == 0 && _order.Stepping.FirstOrDefault(NeverCleared) is { Value: > 0 } forgotten) return Found(Forgotten(forgotten.Key, forgotten.Value));
        var allHeld = HoldsAll && _order.Held >= limits.Share * _order.Openings;
        var uncleared = _order.Uncleared >= limits.Share * _order.Openings;
        var untouched = _order.Untouched >= limits.Share * _order.Openings;
        if (allHeld || uncleared && untouched) return Found(Left(EvidenceClass.Proved));
        if (uncleared && HasSymptom && _order.Stepping.Count == 1) return Found(Left(EvidenceClass.Suspected));
        return uncleared ? NotEnoughEvidence("nobody called zero_grad, but gradients may have been cleared by hand")
            : Passed(string.Create(CultureInfo.InvariantCulture, $"gradients are cleared between a step and the next backward pass ({_order.Openings} looked at)"));
    }

    /// <summary>Nobody clears the gradients of this one of several optimizers, and its steps take what older steps left.</summary>
    bool NeverCleared(KeyValuePair<int, long> optimizer) => _order.Stepping.Count > 1 && optimizer.Value >= limits.FewestSteps && _order.ClearingsOf(optimizer.Key) == 0
        && _order.StaleStepsOf(optimizer.Key) >= limits.FewestStale;

    Finding Forgotten(int optimizer, long steps)
    {
        var step = _steps.GetValueOrDefault(optimizer);
        return Finding("the gradients of one of the optimizers are never cleared: each of its steps goes along the sum of all gradients so far, those of the other losses too", EvidenceClass.Proved) with
        {
            Location = At(step.Backward ?? step.Step),
            Related = step.Step is { } site ? [new RelatedLocation(site.File, site.Line, "the step that uses them")] : [],
            Evidence = [new("its steps on top of the gradients of earlier steps", string.Create(CultureInfo.InvariantCulture, $"{_order.StaleStepsOf(optimizer)} of {steps}"), "0", "definition"), new("calls of its zero_grad", "0", "one a step")],
            Fixes = ["call `zero_grad()` of this optimizer before the backward pass that its step uses"],
        };
    }

    /// <summary>One optimizer steps, and it holds every parameter that asks for a gradient: whatever is held is its own.</summary>
    bool HoldsAll => _order.Stepping.Count == 1 && Roll.Asking.Any() && Roll.Asking.Where(e => e.GetsGradient).All(e => e.Optimized == true);

    Finding Left(EvidenceClass evidence) => Finding(
        _order.Clearings == 0 ? "the gradients are never cleared: each step goes along the sum of all gradients so far"
            : "gradients of earlier steps are still there at the next backward pass", evidence) with
    {
        Location = At(_order.BackwardSite),
        Related = _order.StepSite is { } step ? [new RelatedLocation(step.File, step.Line, "the step that uses them")] : [],
        Evidence =
        [
            new("backward passes that add to the gradient of an earlier step", string.Create(CultureInfo.InvariantCulture, $"{_order.Held} of {_order.Openings}"), "0", "definition"),
            new("calls of zero_grad", _order.Clearings.ToString(CultureInfo.InvariantCulture), "one a step"),
        ],
        Fixes = ["call `optimizer.zero_grad()` once a step, before `backward`"],
    };

    /// <summary>Of several backward passes before a step only the last counts.</summary>
    Finding? Thrown()
    {
        if (_order.Stepping.Count != 1 || _order.Steps < limits.FewestSteps || _order.Restarts < limits.Share * _order.Steps || _order.Discarded < limits.FewestDiscarded || _order.Kept > 0) return null;
        return Finding("of the backward passes before a step only the last one counts: the gradients of the others are cleared, though nobody has used them", EvidenceClass.Proved) with
        {
            Location = At(_order.DiscardingSite ?? _order.BackwardSite),
            Related = _order.BackwardSite is { } backward ? [new RelatedLocation(backward.File, backward.Line, "the backward pass whose gradients are lost")] : [],
            Evidence =
            [
                new("steps whose earlier backward passes were cleared away", string.Create(CultureInfo.InvariantCulture, $"{_order.Restarts} of {_order.Steps}"), "0", "definition"),
                new("of those looked at closely, with gradients that somebody had read or stepped along", string.Create(CultureInfo.InvariantCulture, $"0 of {_order.Discarded}"), "", "definition"),
            ],
            Fixes = ["to accumulate gradients, call `zero_grad` after the step only"],
        };
    }

    Finding? Misplaced()
    {
        // Which gradients a call clears is only certain when there is one optimizer.
        if (_order.StepCameFirst || _order.Stepping.Count != 1 || _order.Steps < limits.FewestSteps || _order.EmptySteps < limits.Share * _order.Steps) return null;
        return Finding("the gradients are cleared after the backward pass and before the step: no step finds any", EvidenceClass.Proved) with
        {
            Location = At(_order.EmptyingSite ?? _order.StepSite),
            Evidence = [new("steps without a gradient", string.Create(CultureInfo.InvariantCulture, $"{_order.EmptySteps} of {_order.Steps}"), "0", "definition")],
            Fixes = ["move `zero_grad` before `backward`, or after `step`"],
        };
    }
}
