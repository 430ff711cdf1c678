using Pessimist.Observations;

namespace Pessimist.Checks.Modes;

/// <summary>PES608 overfitting</summary>
public sealed class Overfitting() : GapCheck(About, "variance")
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES608",
        Name = "overfitting",
        Level = Level.Warning,
        Summary = "the validation error is significantly above the training error, and the goal is missed",
        Docs = """
            ## Why it matters
            Variance is the part of the error that comes from learning the training set by heart.

            ## When it is a false alarm
            A gap between training and validation is normal: networks that fit their training set perfectly often predict well. So this is a
            warning only when a goal was set and is missed; without a goal it is a note at most.

            ## What to do
            More training data, normalization layers, augmentation, regularization, error analysis, another architecture, tuning: in this order.
            """,
    };

    protected override Finding? Judge(DecompositionTerm gap, DecompositionMeasured all)
    {
        // Terms up to and including variance add up to the validation error.
        var validation = all.Terms.TakeWhile(t => t.Name != gap.Name).Sum(t => t.Value) + gap.Value;
        if (Goal is { } goal && validation <= goal) return null;
        return Finding($"the validation error is {Share(gap.Value)} above the training error", EvidenceClass.Suspected, Goal is null ? Level.Note : Level.Warning) with
        {
            Notes = Goal is null ? ["no goal was set, so this is a fact and not a fault: set one with --goal"] : [],
            Fixes = ["collect more training data, augment it, or regularize"],
        };
    }
}
