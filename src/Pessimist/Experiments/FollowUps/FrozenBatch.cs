using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>Comes first and costs nothing: a batch that changes explains oscillation and plateau.</summary>
public sealed class FrozenBatch() : Experiment("frozen-batch", "is it the same batch at every step?", 0, Causes.BatchNotFrozen)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.First.Trial.FirstHash.Length > 0;

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var trial = context.First.Trial;
        return trial.FirstHash == trial.LastHash
            ? Reading(context, ExperimentOutcome.Refuted, $"the batch has hash {trial.FirstHash} at the first and at the last step", Causes.BatchNotFrozen)
            : Reading(context, ExperimentOutcome.Confirmed, $"the batch has hash {trial.FirstHash} at the first step and {trial.LastHash} at the last", Causes.BatchNotFrozen);
    }
}
