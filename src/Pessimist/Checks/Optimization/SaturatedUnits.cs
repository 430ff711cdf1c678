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
            Gates of recurrent layers and the output of a classifier that is sure saturate in healthy networks. So this is a warning only
            while the loss does not come down, and stays a suspicion. A layer that is saturated all over from the first step on is noted though the loss falls.

            ## What to do
            Normalize the inputs, use Glorot initialization and a lower learning rate, put a normalization layer before it, or use ReLU.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of a layer's units.</summary>
        [Origin(Origin.Published, "TheDeepChecker, SageMaker Debugger: more than half")] public double Share { get; init; } = 0.5;

        /// <summary>Batches below which it is too early to say.</summary>
        /// <summary>Of a layer's outputs, at the first step and now.</summary>
        [Origin(Origin.Convention)] public double AllOver { get; init; } = 0.9;

        /// <summary>Sampled batches.</summary>
        [Origin(Origin.Published, "TheDeepChecker: a buffer of 10 batches")] public int FewestBatches { get; init; } = 10;
    }

    static double Saturated(MeasuredModule module) => Math.Max(module.Measure.SaturatedUnits!.Value / (double)module.Measure.Units, Math.Min(module.First.Saturated ?? 0, module.Measure.Saturated ?? 0));

    /// <summary>Nearly every output is saturated now, and was in the untrained network; not where there are few.</summary>
    bool AllOver(MeasuredModule module) => module.Measure.Units >= 8 && module.First.Saturated >= limits.AllOver && module.Measure.Saturated >= limits.AllOver;

    public override Verdict Conclude()
    {
        var bounded = Latest.Where(m => m.Measure is { SaturatedUnits: not null, Units: > 0 }).ToArray();
        if (bounded.Length == 0) return NotEnoughEvidence("no sigmoid or tanh units were watched");
        var enough = bounded.Where(m => m.Measure.Batches >= limits.FewestBatches).ToArray();
        if (enough.Length == 0) return NotEnoughEvidence($"fewer than {limits.FewestBatches} batches were looked at");
        var worst = enough.MaxBy(Saturated);
        var share = Saturated(worst);
        if (!HasSymptom && !AllOver(worst)) return Passed("there is no symptom");
        if (AllOver(worst))
            return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{worst.Measure.Saturated:0%} of the outputs of {Words(worst)} are saturated, from the first step on"), EvidenceClass.Suspected, HasSymptom ? Level.Warning : Level.Note) with
            {
                Location = worst.Location,
                Evidence = [.. enough.Where(AllOver).Take(6).Select(m => new Evidence($"saturated outputs of {Words(m)}", string.Create(CultureInfo.InvariantCulture, $"{m.First.Saturated:0%} at the first step, {m.Measure.Saturated:0%} now"),
                    string.Create(CultureInfo.InvariantCulture, $"{limits.AllOver:0%}"), "convention"))],
                Notes = HasSymptom ? [Symptom] : ["the loss falls all the same"],
                Fixes = ["normalize the inputs; use Glorot initialization, a lower learning rate, a normalization layer, or ReLU"],
            });
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
