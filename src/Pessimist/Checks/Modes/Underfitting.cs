using Pessimist.Observations;

namespace Pessimist.Checks.Modes;

/// <summary>PES607 underfitting</summary>
public sealed class Underfitting() : GapCheck(About, "avoidable-bias")
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES607",
        Name = "underfitting",
        Level = Level.Warning,
        Summary = "the training error is significantly above the goal",
        Docs = """
            ## Why it matters
            Bias is the part of the error that more data cannot cure: the network does not even fit what it was shown.

            ## When it is a false alarm
            The goal is below what the labels allow (noise). Without a goal this check is silent: nobody knows what could be reached.

            ## What to do
            A bigger model, less regularization, error analysis, another architecture, tuning, more features: in this order.
            """,
    };

    protected override Finding? Judge(DecompositionTerm gap, DecompositionMeasured all) => Goal is not { } goal ? null
        : Finding($"the training error is {Share(gap.Value)} above the goal of {Share(goal)}", EvidenceClass.Suspected) with
        {
            Fixes = ["make the model bigger, then regularize less, then tune"],
        };
}
