using Pessimist.Observations;

namespace Pessimist.Checks.Loss;

/// <summary>PES308 loss-sign-flipped</summary>
public sealed class LossSignFlipped() : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES308",
        Name = "loss-sign-flipped",
        Level = Level.Error,
        Summary = "the training climbs the loss instead of descending it",
        Explains = [.. Consequences, "PES403"],
        Docs = """
            ## Why it matters
            A minus too many (`-loss`, `weights += lr * gradient`, `maximize=True`) makes the network as wrong as it can be.

            It is an error when confirmed: with the sign turned, and nothing else changed, the same batch is fitted with two seeds. The angle between
            the update and the descent direction is measured as well.

            ## When it is a false alarm
            Losses below zero are no sign of it (ELBO, Gaussian likelihood, REINFORCE), and are not looked at.

            ## What to do
            Remove the minus, or `maximize`.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the loss is climbed, not descended: {symptom}";

    protected override IEnumerable<string> Fixes(ExperimentFinished experiment) => ["turn the sign of the loss before the backward pass"];
}
