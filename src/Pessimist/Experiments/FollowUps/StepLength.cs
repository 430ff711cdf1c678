using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E3 for programs that step by hand, whose learning rate nobody knows: shorter steps, by a smaller loss before the backward pass.</summary>
public sealed class StepLength() : Experiment("step-length", "does the batch fit with shorter steps?", 6, Causes.LearningRateTooHigh)
{
    static readonly double[] s_factors = [0.1, 0.01, 0.001];

    public override bool Applies(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return !context.Has(Id) && context.Facts is { LearningRate: null, LossFactor: null } && !context.Confirmed.Any() && context.Subject.Supports(new ScaleLoss(s_factors[0]));
    }

    public override ExperimentFinished Run(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var factor in s_factors)
        {
            if (!context.Works(Recipe.Of(new ScaleLoss(factor)))) continue;
            var deviation = new Deviation(Causes.LearningRateTooHigh, new ScaleLoss(factor), "steps as long as they are");
            context.Deviations.Add(deviation);
            return this.Undone(context, deviation);
        }

        context.Beliefs.Update(Causes.LearningRateTooHigh, 0.05);
        return Reading(context, ExperimentOutcome.Refuted, "the batch does not fit with steps of a tenth, a hundredth or a thousandth either");
    }
}
