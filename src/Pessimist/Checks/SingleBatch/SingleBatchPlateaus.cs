using Pessimist.Observations;

namespace Pessimist.Checks.SingleBatch;

/// <summary>PES904 single-batch-plateaus</summary>
public sealed class SingleBatchPlateaus() : SingleBatchSymptom(About, SingleBatchVerdict.Plateaus)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES904",
        Name = "single-batch-plateaus",
        Level = Level.Error,
        IsSymptom = true,
        Summary = "on one frozen batch the loss stays flat",
        Explains = ["PES607", "PES611", "PES910"],
        Docs = """
            ## Why it matters
            A network that cannot fit 32 examples will not fit thousands. A loss that stays flat is not being learned from: steps too short, gradients that do not arrive, regularization that is stronger, or labels that have nothing to do with the inputs.

            """ + Common + """


            ## What to do
            Raise the learning rate; see that gradients reach every layer; remove regularization; check what goes into the loss (logits, not probabilities); look at the data.
            """,
    };

    protected override IReadOnlyList<string> Advice =>
    [
        "raise the learning rate",
        "see that gradients reach every layer",
        "remove dropout and weight decay",
        "check the input of the loss: logits, not probabilities, and no ReLU on the output",
        "look at the inputs and labels of the batch",
    ];
}
