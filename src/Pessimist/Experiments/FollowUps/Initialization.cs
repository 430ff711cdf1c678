using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>Draws the weights anew as the layers do by default: tells a bad start from a bad training.</summary>
public sealed class Initialization()
    : Experiment("default-initialization", "does the batch fit from the default initialization?", 4, Causes.InitializationScale, Causes.SymmetricInitialization)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.DeviatesBy(Causes.InitializationScale);

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var symmetric = context.Details(context.Seeds[0]).Parameters.SkipLast(2).Any(p => p is { IsWeight: true, UnitsIdentical: true });
        return this.Undone(context, context.Deviations.First(d => d.Cause == Causes.InitializationScale),
            symmetric ? Causes.SymmetricInitialization : Causes.InitializationScale);
    }
}
