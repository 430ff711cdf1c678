namespace Pessimist.Checks.Numerics;

/// <summary>PES701 non-finite-operation</summary>
public sealed class NonFiniteOperation() : SingleBatchCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES701",
        Name = "non-finite-operation",
        Level = Level.Error,
        Summary = "a part of the network makes the first NaN or infinity",
        Explains = ["PES301", "PES401", "PES902"],
        Docs = """
            ## Why it matters
            One NaN spreads to every weight with the next step. The first place that makes one is where to look: a log of 0, a division by 0, an
            exp that overflows, a root at 0.

            ## When it is a false alarm
            Infinities that are masked on purpose (-inf in attention) do not reach the loss, and are not reported. When the learning rate, the sign
            or the start is the cause, this finding is folded under it.

            ## What to do
            Look at the named module and its input at the named step. Clamp, add an epsilon, or use the stable form (log_softmax, logsumexp).
            """,
    };

    public override Verdict Conclude()
    {
        if (Vote is null) return NotEnoughEvidence("no single batch was tried");
        var origin = Experiments.FirstOrDefault(e => e.Id == "first-non-finite" && e.Cause == Info.Name);
        return origin is null
            ? Attempts.Any(a => a.Losses.Any(l => !double.IsFinite(l))) ? NotEnoughEvidence("the loss is not finite, and nobody looked where that began") : Passed("every loss is finite")
            : Found(Finding(origin.Reading, EvidenceClass.Confirmed) with
            {
                Causes = [new Cause(Info.Name, origin.Probability ?? 0, origin.Id)],
                Fixes = ["look at the input of that module at that step: a log or a root of 0, a division by 0, an exp that overflows"],
            });
    }
}
