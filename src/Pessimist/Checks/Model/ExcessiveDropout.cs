using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>PES211 excessive-dropout</summary>
public sealed class ExcessiveDropout() : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES211",
        Name = "excessive-dropout",
        Level = Level.Warning,
        Summary = "dropout removes so many units that the network cannot fit one batch",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            Dropout is noise. A network that cannot remember 32 examples through it will not learn from 32,000 either.

            It is reported when confirmed: without dropout, and nothing else changed, the same batch is fitted with two seeds.

            ## When it is a false alarm
            The rate alone is never reported: 0.5 on wide layers is common and fits.

            ## What to do
            Begin without dropout; add 0.1 to 0.5 when the network overfits.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) =>
        experiment.Found is { } found ? $"dropout {Format(found)} is too strong: {symptom}" : $"dropout is too strong: {symptom}";
}
