using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Optimization;

/// <summary>PES506 dead-units</summary>
public sealed class DeadUnits(DeadUnits.Limits limits) : ActivationCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES506",
        Name = "dead-units",
        Level = Level.Warning,
        Summary = "rectified units are never active, for any example",
        Explains = ["PES402", "PES502", "PES607", "PES611", "PES901", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            A unit whose input is negative for every example puts out 0, gets no gradient, and stays so. When a whole layer is dead, nothing behind
            it depends on the input any more, and nothing before it learns.

            Units are counted that were not active for a single example of many batches: not the share of zeros, which is large in healthy networks.

            ## When it is a false alarm
            A network that learns may have dead units and be none the worse: then only a whole dead layer is noted. Some dead units while the loss stands still
            are a suspicion; a whole dead layer is a fact.

            ## What to do
            Lower the learning rate (the first steps kill most), normalize the inputs, use He initialization and no large negative biases, or
            leaky ReLU.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of a layer's units that are never active, while the network does not learn.</summary>
        [Origin(Origin.Published, "TheDeepChecker: more than half")] public double Share { get; init; } = 0.5;

        /// <summary>Sampled batches over which a unit has to be silent.</summary>
        [Origin(Origin.Published, "TheDeepChecker: a buffer of 10 batches")] public int FewestBatches { get; init; } = 10;
    }

    /// <summary>Units of a dead layer that is reported though nobody knows whether the network learns.</summary>
    const int FewestUnits = 8;

    public override Verdict Conclude()
    {
        var rectifiers = Latest.Where(m => m.Measure is { NeverActive: not null, Units: > 0 }).ToArray();
        if (rectifiers.Length == 0) return NotEnoughEvidence("no rectified units were watched");
        var enough = rectifiers.Where(m => m.Measure.Batches >= limits.FewestBatches).ToArray();
        if (enough.Length == 0) return NotEnoughEvidence($"fewer than {limits.FewestBatches} batches were looked at");
        var worst = enough.MaxBy(m => m.Measure.NeverActive!.Value / (double)m.Measure.Units);
        var share = worst.Measure.NeverActive!.Value / (double)worst.Measure.Units;
        var learns = !HasSymptom && (Progress.State == ProgressState.Learns || Vote == SingleBatchVerdict.Passes);
        if (learns && share < 1) return Passed("the network learns");
        // A rectifier of few units may be a hinge or a penalty that nothing violates.
        if (share <= limits.Share || !HasSymptom && (share < 1 || worst.Measure.Units < FewestUnits)) return Passed(string.Create(CultureInfo.InvariantCulture, $"at most {share:0%} of a layer's units are never active"));
        return Found(Finding(share == 1 ? $"every unit of {Words(worst)} is dead" : string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the units of {Words(worst)} are dead"),
            share == 1 ? EvidenceClass.Proved : EvidenceClass.Suspected, learns ? Level.Note : Level.Warning) with
        {
            Location = worst.Location,
            Evidence =
            [
                .. enough.Where(m => m.Measure.NeverActive > limits.Share * m.Measure.Units).Take(6).Select(m => new Evidence($"units of {Words(m)} that were never active",
                    string.Create(CultureInfo.InvariantCulture, $"{m.Measure.NeverActive} of {m.Measure.Units}, in {m.Measure.Batches} batches"), string.Create(CultureInfo.InvariantCulture, $"{limits.Share:0%}"), "published: TheDeepChecker")),
            ],
            Notes = [.. HasSymptom ? [Symptom] : Array.Empty<string>()],
            Fixes = ["lower the learning rate and start anew; normalize the inputs; use He initialization or leaky ReLU"],
        });
    }
}
