using System.Globalization;

namespace Pessimist.Checks.Optimization;

/// <summary>PES507 saturated-units</summary>
public sealed class SaturatedUnits(SaturatedUnits.Limits limits) : ActivationCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES507",
        Name = "saturated-units",
        Level = Level.Warning,
        Summary = "sigmoid or tanh units sit at an end of their range for every example",
        Docs = """
            ## Why it matters
            At the ends of a sigmoid or tanh the slope is next to 0: the unit passes no gradient on, and does not change.

            ## When it is a false alarm
            Gates of recurrent layers and the output of a classifier that is sure saturate in healthy networks. So this speaks only
            while the loss does not come down, counts only units that were saturated for every example of many batches, and stays a suspicion.

            ## What to do
            Normalize the inputs, use Glorot initialization and a lower learning rate, put a normalization layer before it, or use ReLU.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of a layer's units.</summary>
        [Origin(Origin.Published, "TheDeepChecker, SageMaker Debugger: more than half")] public double Share { get; init; } = 0.5;

        /// <summary>Batches below which it is too early to say.</summary>
        [Origin(Origin.Published, "TheDeepChecker: a buffer of 10 batches")] public int FewestBatches { get; init; } = 10;
    }

    public override Verdict Conclude()
    {
        var bounded = Latest.Where(m => m.Measure is { SaturatedUnits: not null, Units: > 0 }).ToArray();
        if (bounded.Length == 0) return NotEnoughEvidence("no sigmoid or tanh units were watched");
        var enough = bounded.Where(m => m.Measure.Batches >= limits.FewestBatches).ToArray();
        if (enough.Length == 0) return NotEnoughEvidence($"fewer than {limits.FewestBatches} batches were looked at");
        if (!HasSymptom) return Passed("there is no symptom");
        var worst = enough.MaxBy(m => m.Measure.SaturatedUnits!.Value / (double)m.Measure.Units);
        var share = worst.Measure.SaturatedUnits!.Value / (double)worst.Measure.Units;
        return share <= limits.Share ? Passed(string.Create(CultureInfo.InvariantCulture, $"at most {share:0%} of a layer's units are saturated"))
            : Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the units of {Words(worst)} are saturated for every example"), EvidenceClass.Suspected) with
            {
                Location = worst.Location,
                Evidence = [new($"saturated units of {Words(worst)}", string.Create(CultureInfo.InvariantCulture, $"{worst.Measure.SaturatedUnits} of {worst.Measure.Units}, in {worst.Measure.Batches} batches"),
                    string.Create(CultureInfo.InvariantCulture, $"{limits.Share:0%}"), "published: TheDeepChecker")],
                Notes = [Symptom],
                Fixes = ["normalize the inputs; use Glorot initialization, a lower learning rate, a normalization layer, or ReLU"],
            });
    }
}
