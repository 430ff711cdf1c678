using Pessimist.Observations;

namespace Pessimist.Checks.Optimization;

/// <summary>PES501 learning-rate-too-high</summary>
public sealed class LearningRateTooHigh() : CauseCheck(About), IReads<TrainingEnded>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES501",
        Name = "learning-rate-too-high",
        Level = Level.Error,
        Summary = "the learning rate is too high for the network to settle",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            Steps that are too long jump over the minimum: the loss oscillates, explodes, or the first steps kill the units (all ReLUs negative) and
            the loss stays flat ever after.

            It is an error only when confirmed: with a lower rate, and nothing else changed, the same batch is fitted with two seeds. A training
            that diverged although the single batch was fitted is a suspicion.

            ## When it is a false alarm
            Never by its size alone: a rate of 10 that fits the batch is not reported. A schedule that starts low and rises may be fine where the
            constant rate of the single batch is not.

            ## What to do
            Use the proven rate, or a tenth of yours. 3e-4 is a good start for Adam.
            """,
    };

    TrainingEnded? _diverged;

    public void Read(TrainingEnded observation)
    {
        if (observation is { Phase: "train", Ending: TrainingEnding.Diverged }) _diverged = observation;
    }

    protected override string Message(ExperimentFinished experiment, string symptom) =>
        experiment.Found is { } found ? $"the learning rate {Format(found)} is too high: {symptom}" : $"the learning rate is too high: {symptom}";

    protected override IEnumerable<Evidence> Evidence(ExperimentFinished experiment) =>
        experiment is { Found: { } found, Proven: { } proven } ? [new("learning rate", Format(found), $"works: {Format(proven)}", "confirmed by experiment")] : [];

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about) => _diverged is null || Fails
        ? base.Unconfirmed(about)
        : Found(Finding("the training diverged although a single batch can be fitted: the learning rate may be too high", EvidenceClass.Suspected, Level.Warning) with
        {
            Evidence = [new("training loss at the end", Format(_diverged.FinalLoss), $"at the start: {Format(_diverged.InitialLoss)}", "definition")],
            Fixes = ["divide the learning rate by 10, or warm it up"],
        });
}
