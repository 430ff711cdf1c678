using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E11: a plain network with sane settings on the same batch halves the search: program, or data.</summary>
public sealed class ReferenceModel() : Experiment(Name, "does a plain network fit the same batch?", 2, Causes.FaultInModel, Causes.FaultInData)
{
    public const string Name = "reference-model";

    public override bool Applies(ExperimentContext context) =>
        !context.Has(Id) && !context.Confirmed.Any() && context.Subject.Supports(new UseReferenceModel());

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var attempts = context.TryAll(Recipe.Of(new UseReferenceModel()));
        var passes = attempts.Count == context.Seeds.Count && attempts.All(a => a.Passes);
        var cause = passes ? Causes.FaultInModel : Causes.FaultInData;
        context.Beliefs.Update(cause, 10);
        var curves = new Series[] { new("as it is", Undoing.Thin(context.First.Trial.Losses)), new("reference", Undoing.Thin(attempts[0].Trial.Losses)) };
        var reading = passes
            ? $"{new UseReferenceModel().Words} fits it ({attempts[0].Curve.Because}): the fault is in the network, the loss or the optimizer"
            : $"{new UseReferenceModel().Words} fails as well ({attempts[^1].Curve.Because}): the fault is in the data or the targets";
        return attempts[^1].Verdict == SingleBatchVerdict.NotEnoughEvidence
            ? Reading(context, ExperimentOutcome.Inconclusive, attempts[^1].Curve.Because) with { Curves = curves }
            : Reading(context, ExperimentOutcome.Consistent, reading, cause) with { Curves = curves };
    }
}
