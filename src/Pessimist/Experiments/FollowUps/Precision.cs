using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E6: the same in float64.</summary>
public sealed class Precision() : Experiment("float64", "is it gone in float64?", 4, Causes.PrecisionTooLow)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && !context.Confirmed.Any()
        && context.Facts.Precision != "float64" && context.Subject.Supports(new UseFloat64())
        && (context.Verdict == SingleBatchVerdict.Explodes || context.Facts.Precision != "float32");

    public override ExperimentFinished Run(ExperimentContext context) =>
        this.Undone(context, new Deviation(Causes.PrecisionTooLow, new UseFloat64(), context.Facts.Precision));
}
