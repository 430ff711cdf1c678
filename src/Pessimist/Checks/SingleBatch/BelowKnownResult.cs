using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.SingleBatch;

/// <summary>PES912 below-known-result</summary>
public sealed class BelowKnownResult(BelowKnownResult.Limits limits) : Check(About), IReads<KnownResultCompared>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES912",
        Name = "below-known-result",
        Level = Level.Warning,
        Summary = "the result is below what this model is known to reach on this benchmark",
        Docs = """
            ## Why it matters
            A number alone does not say whether a network works. When others reach far more with the same model on the same data, something in the program
            costs the difference.

            ## When it is a false alarm
            Other preprocessing or another setting explains a gap as well. `diagnose` compares only where every number of the data fits (docs/known-results.md),
            on the published test set, with a result that any sound training of the network reaches, and not where the budget or `--epochs` cut the training short.
            Only a whole interval beyond that of the published result counts, and at least 30 examples.

            ## What to do
            Compare step by step with an implementation that reaches it: preprocessing, initialization, learning rate, schedule, number of steps.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Examples below which nothing is said.</summary>
        [Origin(Origin.Convention)] public int FewestExamples { get; init; } = 30;
    }

    readonly List<KnownResultCompared> _compared = [];

    public void Read(KnownResultCompared observation) => _compared.Add(observation);

    public override Verdict Conclude()
    {
        var known = _compared.Where(c => double.IsFinite(c.Low) && double.IsFinite(c.High) && c.Count >= limits.FewestExamples).ToArray();
        if (known.Length == 0) return NotEnoughEvidence(_compared.Count == 0 ? "no known result was compared" : "the measured interval is not known, or rests on too few examples");
        if (known.FirstOrDefault(c => c.HigherIsBetter ? c.High < c.KnownLow : c.Low > c.KnownHigh) is not { } below) return Passed("the result is what others reach, or cannot be told from it");
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{below.Metric} {below.Value:0.####} is {(below.HigherIsBetter ? "below" : "above")} what {below.Name} is known to reach"), EvidenceClass.Suspected) with
        {
            Evidence = [new($"{below.Metric} on {below.Count} examples", string.Create(CultureInfo.InvariantCulture, $"{below.Value:0.####} ({below.Low:0.####} to {below.High:0.####})"),
                string.Create(CultureInfo.InvariantCulture, $"{below.KnownLow:0.####} to {below.KnownHigh:0.####}"), below.Source.Length > 0 ? $"published: {below.Source}" : "published")],
            Fixes = ["compare step by step with an implementation that reaches it: preprocessing, initialization, learning rate, schedule, steps"],
        });
    }
}
