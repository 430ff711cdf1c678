using Pessimist.Observations;

namespace Pessimist.Checks.Data;

/// <summary>PES117 augmentation-too-strong</summary>
public sealed class AugmentationTooStrong() : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES117",
        Name = "augmentation-too-strong",
        Level = Level.Warning,
        Summary = "without the augmentation, or with less of it, the network is far better",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            Augmentation must leave the label true. A digit turned upside down, a crop that misses the object, a mask that is not moved along with its
            picture teach the network noise.

            It is reported when confirmed: without the random transforms, and nothing else changed, the same batch is fitted with two seeds, or the
            trained network is far better.

            ## When it is a false alarm
            Augmentation makes training harder by design and may need more steps: that alone is never reported.

            ## What to do
            Look at augmented examples with their labels. Lower the strength, leave out the transforms that change the meaning, and transform masks, boxes
            and key points along.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the augmentation is too strong, or labels are not transformed along: {symptom}";
}
