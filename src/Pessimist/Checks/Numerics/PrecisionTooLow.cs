using Pessimist.Observations;

namespace Pessimist.Checks.Numerics;

/// <summary>PES703 precision-too-low</summary>
public sealed class PrecisionTooLow() : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES703",
        Name = "precision-too-low",
        Level = Level.Warning,
        Summary = "the fault is gone in float64",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            A formula that needs more digits than float32 or float16 has overflows or cancels; more steps or other rates will not help.

            It is reported when confirmed: in float64, and nothing else changed, the same batch is fitted with two seeds, and no setting was found
            that explains it.

            ## When it is a false alarm
            A training at the edge of stability may go either way by rounding alone; two seeds make that unlikely.

            ## What to do
            Find the operation (log of a softmax, exp without subtracting the maximum, a difference of large numbers) and rewrite it; float64 is
            the remedy of last resort.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the precision is too low: {symptom}, but not in float64";
}
