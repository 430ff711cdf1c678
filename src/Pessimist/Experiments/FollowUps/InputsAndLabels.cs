using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E7: the same training with every input 0. Only where settings have been cleared: a network that learns nothing learns nothing from zeros either.</summary>
public sealed class InputsAndLabels() : Experiment("zero-inputs", "does the network use its inputs?", 1, Causes.InputIgnored)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && !context.Confirmed.Any()
        && context.Verdict == SingleBatchVerdict.Plateaus && context.Subject.Supports(new ZeroInputs()) && Learns(context.First);

    /// <summary>The loss came down by a clear part of its span, so that there is something to compare.</summary>
    static bool Learns(Attempt attempt) => attempt.Curve.Excess < 0.95;

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var zero = context.Try(Recipe.Of(new ZeroInputs()), context.Seeds[0]);
        var real = context.First;
        var ratio = (zero.Curve.Excess - real.Curve.Excess) / Math.Max(real.Curve.Excess, 1e-12);
        var text = string.Create(CultureInfo.InvariantCulture, $"the loss ends at {real.LastLoss:0.####}, with inputs of 0 at {zero.LastLoss:0.####}");
        var curves = new Series[] { new("as it is", Undoing.Thin(real.Trial.Losses)), new("inputs of 0", Undoing.Thin(zero.Trial.Losses)) };
        if (Math.Abs(ratio) > 0.01)
        {
            context.Beliefs.Update(Causes.InputIgnored, 0.02);
            return Reading(context, ExperimentOutcome.Refuted, text, Causes.InputIgnored) with { Curves = curves };
        }

        context.Beliefs.Update(Causes.InputIgnored, 20);
        return Reading(context, ExperimentOutcome.Consistent, text + ": the inputs make no difference", Causes.InputIgnored) with { Curves = curves };
    }
}
