using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E12: the program's network in a plain loop. With E11 it bisects: network, or loop, loss and optimizer.</summary>
public sealed class ReferenceLoop() : Experiment("reference-loop", "does the program's network fit the batch in a plain loop?", 2, Causes.FaultInLoop, Causes.FaultInModel)
{
    public override bool Applies(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return !context.Has(Id) && !context.Confirmed.Any() && context.Subject.Supports(new UseReferenceLoop());
    }

    public override ExperimentFinished Run(ExperimentContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var recipe = Recipe.Of(new UseReferenceLoop());
        var works = context.Works(recipe);
        var attempt = context.Try(recipe, context.Seeds[0]);
        var cause = works ? Causes.FaultInLoop : Causes.FaultInModel;
        context.Beliefs.Update(cause, 5);
        var reading = works
            ? $"{new UseReferenceLoop().Words} fits it ({attempt.Curve.Because}): the fault is in the loop, the loss or the optimizer"
            : $"{new UseReferenceLoop().Words} fails as well ({attempt.Curve.Because}): the fault is in the network or the data";
        return Reading(context, ExperimentOutcome.Consistent, reading, cause) with
        {
            Curves = [new Series("as it is", Undoing.Thin(context.First.Trial.Losses)), new Series("plain loop", Undoing.Thin(attempt.Trial.Losses))],
        };
    }
}
