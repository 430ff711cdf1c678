using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>PES210 initialization-scale</summary>
public sealed class InitializationScale() : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES210",
        Name = "initialization-scale",
        Level = Level.Warning,
        Summary = "the first weights are so large or so small that training does not start",
        Explains = [.. Consequences, "PES311"],
        Docs = """
            ## Why it matters
            Signals that grow or shrink from layer to layer overflow, saturate or vanish. Weights of standard deviation 1 multiply the signal by
            the root of half the inputs in every ReLU layer.

            It is reported when confirmed: from the layers' default start, and nothing else changed, the same batch is fitted with two seeds.

            ## When it is a false alarm
            A start that is merely unusual and still fits the batch is not reported here; the loss of the untrained network is
            (unexpected-initial-loss), as a note.

            ## What to do
            Use He normal for ReLU, Glorot for tanh, and small weights in the last layer.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the scale of the first weights is wrong: {symptom}";
}
