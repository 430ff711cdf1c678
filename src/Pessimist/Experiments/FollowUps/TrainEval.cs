using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E15: the loss on the batch in training mode against evaluation mode.</summary>
public sealed class TrainEval() : Experiment("train-eval", "is the loss the same in evaluation mode?", 0, Causes.ModeDependent, Causes.ExcessiveDropout)
{
    const double Gap = 0.5;

    public override bool Applies(ExperimentContext context) =>
        !context.Has(Id) && context.First.Trial.EvaluationLoss is { } loss && double.IsFinite(loss) && double.IsFinite(context.First.LastLoss);

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var (train, evaluation) = (context.First.LastLoss, context.First.Trial.EvaluationLoss!.Value);
        var gap = (train - evaluation) / Math.Max(Math.Max(train, evaluation), 1e-12);
        var text = string.Create(CultureInfo.InvariantCulture, $"loss {train:0.####} in training mode, {evaluation:0.####} in evaluation mode");
        if (Math.Abs(gap) <= Gap) return Reading(context, ExperimentOutcome.Refuted, text, Causes.ModeDependent);
        if (gap > 0) context.Beliefs.Update(Causes.ExcessiveDropout, 10);
        return Reading(context, ExperimentOutcome.Consistent, text, gap > 0 ? Causes.ExcessiveDropout : Causes.ModeDependent);
    }
}
