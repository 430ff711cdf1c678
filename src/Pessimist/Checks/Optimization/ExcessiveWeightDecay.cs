using Pessimist.Observations;

namespace Pessimist.Checks.Optimization;

/// <summary>PES508 excessive-weight-decay</summary>
public sealed class ExcessiveWeightDecay() : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES508",
        Name = "excessive-weight-decay",
        Level = Level.Warning,
        Summary = "weight decay pulls the weights to zero faster than the loss can move them",
        Explains = [.. Consequences, "PES314"],
        Docs = """
            ## Why it matters
            Every step shrinks the weights. When the pull is stronger than the gradient of the loss, the network forgets as fast as it learns, and
            ends by predicting the same for every input.

            It is reported when confirmed: without weight decay, and nothing else changed, the same batch is fitted with two seeds. It is an error then,
            because the batch that it keeps from being fitted is one.

            ## When it is a false alarm
            Decay that merely slows the fit is not reported. Late in training the penalty may outweigh a gradient that has vanished because
            everything is learned; that is not looked at.

            ## What to do
            Start without (0), and add decay only against overfitting: 1e-5 to 1e-2, with AdamW rather than Adam.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) =>
        experiment.Found is { } found ? $"the weight decay {Format(found)} is too strong: {symptom}" : $"the weight decay is too strong: {symptom}";

    protected override IEnumerable<Evidence> Evidence(ExperimentFinished experiment) =>
        experiment is { Found: { } found, Proven: { } proven } ? [new("weight decay", Format(found), $"works: {Format(proven)}", "confirmed by experiment")] : [];
}
