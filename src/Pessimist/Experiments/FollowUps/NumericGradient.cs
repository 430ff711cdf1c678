using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E14: backward's gradient against finite differences in float64, along 20 random directions.</summary>
public sealed class NumericGradient() : Experiment("numeric-gradient", "is the gradient that of the loss?", 1, Causes.WrongGradient)
{
    /// <summary>In float64 the two agree to about 1e-7; kinks of ReLU cost some digits.</summary>
    const double Wrong = 1e-3;

    public override bool Applies(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return !context.Has(Id) && !context.Confirmed.Any();
    }

    public override ExperimentFinished Run(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Subject.CompareGradients(context.Seeds[0]) is not { } comparison)
            return Reading(context, ExperimentOutcome.Inconclusive, "the step does not run in float64");
        var text = string.Create(CultureInfo.InvariantCulture, $"relative difference between backward and finite differences: {comparison.RelativeError:0.##e0}");
        var measured = new Dictionary<string, double> { ["relative difference"] = comparison.RelativeError };
        var wrong = !(comparison.RelativeError <= Wrong);
        context.Beliefs.Update(Causes.WrongGradient, wrong ? 20 : 0.01);
        // A straight-through estimator or a stopped gradient differs on purpose: never more than consistent.
        return Reading(context, wrong ? ExperimentOutcome.Consistent : ExperimentOutcome.Refuted, text, Causes.WrongGradient) with { Measured = measured };
    }
}
