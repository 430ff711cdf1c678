using Pessimist.Observations;

namespace Pessimist.Checks.SingleBatch;

/// <summary>PES903 single-batch-oscillates</summary>
public sealed class SingleBatchOscillates() : SingleBatchSymptom(About, SingleBatchVerdict.Oscillates)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES903",
        Name = "single-batch-oscillates",
        Level = Level.Error,
        IsSymptom = true,
        Summary = "on one frozen batch the loss swings and does not settle",
        Explains = ["PES607", "PES611", "PES910"],
        Docs = """
            ## Why it matters
            A network that cannot fit 32 examples will not fit thousands. A loss that swings jumps over its minimum, or the batch is not the same at every step.

            """ + Common + """


            ## What to do
            Lower the learning rate; then look at the labels and at augmentation: shuffled, zeroed, or changed at every step.
            """,
    };

    protected override IReadOnlyList<string> Advice =>
    [
        "lower the learning rate",
        "check that the batch is the same at every step: labels, shuffling, augmentation",
        "switch dropout off",
    ];
}
