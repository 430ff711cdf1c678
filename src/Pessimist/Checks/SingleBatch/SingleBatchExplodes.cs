using Pessimist.Observations;

namespace Pessimist.Checks.SingleBatch;

/// <summary>PES902 single-batch-explodes</summary>
public sealed class SingleBatchExplodes() : SingleBatchSymptom(About, SingleBatchVerdict.Explodes)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES902",
        Name = "single-batch-explodes",
        Level = Level.Error,
        IsSymptom = true,
        Summary = "on one frozen batch the loss explodes",
        Explains = ["PES607", "PES611", "PES910"],
        Docs = """
            ## Why it matters
            A network that cannot fit 32 examples will not fit thousands. A loss that grows beyond all bounds, or becomes NaN, is a numerical fault or a step that is far too long.

            """ + Common + """


            ## What to do
            Check every exp, log and division; lower the learning rate; normalize the inputs.
            """,
    };

    protected override IReadOnlyList<string> Advice =>
    [
        "check every exp, log, root and division",
        "lower the learning rate",
        "normalize the inputs and use a default initialization",
    ];
}
