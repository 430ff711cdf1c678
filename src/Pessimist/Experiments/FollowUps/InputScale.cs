using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>Normalizes the inputs.</summary>
public sealed class InputScale() : Experiment("normalize-inputs", "does the batch fit with normalized inputs?", 4, Causes.InputNotNormalized)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.DeviatesBy(Causes.InputNotNormalized);

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var trial = context.First.Trial;
        return this.Undone(context, context.Deviations.First(d => d.Cause == Causes.InputNotNormalized)) with
        {
            Measured = new Dictionary<string, double> { ["input mean"] = trial.InputMean, ["input standard deviation"] = trial.InputStd },
        };
    }
}
