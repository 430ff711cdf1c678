using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E5: the same training without batch normalization. It names no cause by itself; it says where to look.</summary>
public sealed class BatchNormalization() : Experiment("batch-norm-off", "does the batch fit without batch normalization?", 2, Causes.ModeDependent)
{
    public override bool Applies(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return !context.Has(Id) && !context.Confirmed.Any() && context.Subject.Supports(new LeaveOutBatchNorm());
    }

    public override ExperimentFinished Run(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var works = context.Works(Recipe.Of(new LeaveOutBatchNorm()));
        context.Beliefs.Update(Causes.ModeDependent, works ? 10 : 0.1);
        var attempt = context.Try(Recipe.Of(new LeaveOutBatchNorm()), context.Seeds[0]);
        return Reading(context, works ? ExperimentOutcome.Consistent : ExperimentOutcome.Refuted, $"without batch normalization: {attempt.Curve.Because}", Causes.ModeDependent) with
        {
            Curves = [new Series("as it is", Undoing.Thin(context.First.Trial.Losses)), new Series("no batch normalization", Undoing.Thin(attempt.Trial.Losses))],
        };
    }
}
