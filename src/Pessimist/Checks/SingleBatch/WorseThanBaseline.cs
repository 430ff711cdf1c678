using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.SingleBatch;

/// <summary>PES910 worse-than-baseline</summary>
public sealed class WorseThanBaseline(WorseThanBaseline.Limits limits) : Check(About), IReads<BaselineCompared>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES910",
        Name = "worse-than-baseline",
        Level = Level.Error,
        Summary = "a super-simple baseline does better than the network",
        Explains = ["PES607", "PES611"],
        Docs = """
            ## Why it matters
            A network that does not beat the majority class, the mean, a linear model or nearest neighbours has learned nothing that is worth its cost.
            Losing against the majority class or the mean is an error: something is broken. Losing against a linear model or neighbours is a
            warning: small or simple data often suit them better.

            ## When it is a false alarm
            The network was stopped early on purpose, or the baseline saw features that the network did not.

            ## What to do
            Read the findings about the single batch and the learning rate first; then give the network more capacity or more time.
            If neither helps, use the baseline.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Two-sided p-value of the paired test below which a difference counts: strict, as four or five baselines are tried.</summary>
        [Origin(Origin.Convention)]
        public double P { get; init; } = 0.001;

        /// <summary>Examples below which the comparison says nothing.</summary>
        [Origin(Origin.Convention)]
        public int MinimumCount { get; init; } = 30;
    }

    /// <summary>Baselines that do not look at the inputs.</summary>
    static readonly string[] s_blind = ["majority class", "mean", "median"];

    // The last comparison counts: after tuning, the tuned network's.
    readonly Dictionary<string, BaselineCompared> _last = [];

    public void Read(BaselineCompared observation) => _last[observation.Baseline] = observation;

    public override Verdict Conclude()
    {
        if (_last.Count == 0) return NotEnoughEvidence("no baseline was compared with the network");
        if (_last.Values.First().Count < limits.MinimumCount)
            return NotEnoughEvidence($"{_last.Values.First().Count} examples are too few to compare; {limits.MinimumCount} are needed");
        var worse = _last.Values.Where(c => !c.ModelIsBetter && c.P < limits.P).ToArray();
        if (worse.Length == 0) return Passed("no baseline does significantly better");

        var blind = worse.FirstOrDefault(c => s_blind.Contains(c.Baseline));
        var named = blind ?? worse.MinBy(c => c.P)!;
        // The test set was held out and the difference is paired, so it is shown, not guessed; but only a blind baseline's win means a fault.
        var finding = Finding($"{named.Baseline} does better than the network", blind is null ? EvidenceClass.Suspected : EvidenceClass.Confirmed,
            blind is null ? Level.Warning : Level.Error);
        return Found(finding with
        {
            Evidence =
            [
                .. worse.Select(c => new Evidence(
                    $"{c.Metric} of {c.Baseline} on {c.Count} {c.Split} examples",
                    string.Create(CultureInfo.InvariantCulture, $"{c.BaselineValue:0.####}, the network {c.ModelValue:0.####} ({P(c.P)})"),
                    string.Create(CultureInfo.InvariantCulture, $"p at least {limits.P}"), "convention")),
            ],
            Fixes = blind is null
                ? ["give the network more capacity or more training, or use the baseline: on small tables it is often the better tool"]
                : ["the network learns nothing: overfit a single batch first, and read the findings about it"],
        });
    }

    static string P(double p) => p < 1e-4 ? "p < 0.0001" : string.Create(CultureInfo.InvariantCulture, $"p = {p:0.0###}");
}
