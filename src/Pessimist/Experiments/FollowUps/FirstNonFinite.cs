using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>Where the first NaN or infinity came from.</summary>
public sealed class FirstNonFinite()
    : Experiment("first-non-finite", "which value is not finite first?", 0, Causes.InputNotFinite, Causes.NonFiniteOperation)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.First.Trial.FirstNonFinite is not null;

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var origin = context.First.Trial.FirstNonFinite!;
        if (origin.Place is "input" or "target")
            return Reading(context, ExperimentOutcome.Confirmed, $"the {origin.Place} holds NaN or infinity before the first step", Causes.InputNotFinite);
        context.Beliefs.Update(Causes.InputNotFinite, 0);
        // A value that overflows after some steps is a consequence of the steps; before the first one it is not.
        if (origin.Step > 0) context.Beliefs.Update(Causes.NonFiniteOperation, 0.3);
        else context.Beliefs.Update(Causes.LearningRateTooHigh, 0.05);
        return Reading(context, ExperimentOutcome.Consistent, $"{origin.Place} is the first that is not finite, at step {origin.Step}", Causes.NonFiniteOperation);
    }
}
