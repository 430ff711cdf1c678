using Pessimist.Observations;

namespace Pessimist.Checks.SingleBatch;

/// <summary>PES901 single-batch-error-goes-up</summary>
public sealed class SingleBatchGoesUp() : SingleBatchSymptom(About, SingleBatchVerdict.GoesUp)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES901",
        Name = "single-batch-error-goes-up",
        Level = Level.Error,
        IsSymptom = true,
        Summary = "on one frozen batch the loss rises",
        Explains = ["PES607", "PES611", "PES910"],
        Docs = """
            ## Why it matters
            A network that cannot fit 32 examples will not fit thousands. A loss that rises steadily is climbed, or the steps are far too long.

            """ + Common + """


            ## What to do
            Look at the sign of the loss and of the update first, then lower the learning rate, then look over which axis the softmax runs.
            """,
    };

    protected override IReadOnlyList<string> Advice =>
    [
        "check the sign of the loss and of the update",
        "lower the learning rate",
        "check the axis of the softmax",
    ];
}
