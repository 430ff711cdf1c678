using Pessimist.Observations;

namespace Pessimist.Checks.Optimization;

/// <summary>PES502 learning-rate-too-low</summary>
public sealed class LearningRateTooLow() : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES502",
        Name = "learning-rate-too-low",
        Level = Level.Error,
        Summary = "the learning rate is too low for the network to get anywhere",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            The loss falls so slowly that it looks flat. Nothing is broken, but the training would take thousands of times as long.

            It is an error only when confirmed: with a higher rate, and nothing else changed, the same batch is fitted with two seeds.

            ## When it is a false alarm
            A schedule that begins at 0 and warms up may be fine where the constant rate of the single batch is not. A loss that falls slowly but
            steadily is not reported: it needs more steps.

            ## What to do
            Use the proven rate. 3e-4 is a good start for Adam.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) =>
        experiment.Found is { } found ? $"the learning rate {Format(found)} is too low: {symptom}" : $"the learning rate is too low: {symptom}";

    protected override IEnumerable<Evidence> Evidence(ExperimentFinished experiment) =>
        experiment is { Found: { } found, Proven: { } proven } ? [new("learning rate", Format(found), $"works: {Format(proven)}", "confirmed by experiment")] : [];
}
