using Pessimist.Observations;

namespace Pessimist.Checks.Modes;

/// <summary>PES609 overfit-validation-set</summary>
public sealed class OverfitValidationSet() : GapCheck(About, "validation-overfitting")
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES609",
        Name = "overfit-validation-set",
        Level = Level.Warning,
        Summary = "the test error is significantly above the validation error",
        Docs = """
            ## Why it matters
            Every choice made by looking at the validation set fits it a little. When many were made on a small set, its error flatters.

            ## When it is a false alarm
            The test set comes from another distribution: then the gap is a shift. Give a validation set from the test distribution to tell them apart.

            ## What to do
            Draw a new or larger validation set.
            """,
    };

    protected override Finding? Judge(DecompositionTerm gap, DecompositionMeasured all) => gap.Value <= 0 ? null
        : Finding($"the test error is {Share(gap.Value)} above the validation error", EvidenceClass.Suspected) with
        {
            Fixes = ["draw a new or larger validation set", "if the test set was collected elsewhere, treat this as a distribution shift"],
        };
}
