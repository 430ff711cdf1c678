using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Modes;

/// <summary>PES613 miscalibrated-probabilities</summary>
public sealed class MiscalibratedProbabilities(MiscalibratedProbabilities.Limits limits) : Check(About), IReads<CalibrationMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES613",
        Name = "miscalibrated-probabilities",
        Level = Level.Warning,
        Summary = "the probabilities of the network are not the shares that are right",
        Docs = """
            ## Why it matters
            Of all answers that a network is 90 % sure of, nine in ten should be right. Thresholds, costs and whatever else is computed from probabilities
            depend on it; the accuracy does not.

            ## How it is told
            The expected calibration error over 15 bins is never 0 on a finite set: it is compared with 200 sets of labels drawn from the network's own
            probabilities. It is reported when none of 100 perfectly calibrated networks would score as much and the difference matters.

            ## When it is a false alarm
            Small sets and many classes raise the error of perfect networks too: the simulation has them in it. Where only the most probable class is used,
            calibration does not matter.

            ## What to do
            Divide the logits by a temperature fitted on validation data (Guo et al. 2017): accuracy stays as it is. Less overfitting helps as well.
            """,
    };

    public sealed record Limits
    {
        /// <summary>p-value under perfect calibration.</summary>
        [Origin(Origin.Convention)] public double P { get; init; } = 0.01;

        /// <summary>Expected calibration error beyond that of perfect calibration that is a warning.</summary>
        [Origin(Origin.Convention)] public double Gap { get; init; } = 0.1;

        /// <summary>And that is a note.</summary>
        [Origin(Origin.Convention)] public double Note { get; init; } = 0.05;

        /// <summary>Examples that are needed to say anything.</summary>
        [Origin(Origin.Convention)] public int Count { get; init; } = 100;
    }

    CalibrationMeasured? _measured;

    public void Read(CalibrationMeasured observation) => _measured = observation;

    public override Verdict Conclude()
    {
        if (_measured is not { P: { } p, Expected: { } expected, Count: { } count } m) return NotEnoughEvidence("calibration was not measured");
        if (count < limits.Count) return NotEnoughEvidence($"{count} examples are too few, {limits.Count} are needed");
        var gap = m.Ece - expected;
        if (p > limits.P || gap < limits.Note) return Passed($"the calibration error is {Percent(m.Ece)}, of a perfectly calibrated network {Percent(expected)}");
        var direction = m.Confidence is { } confidence && m.Accuracy is { } accuracy
            ? confidence > accuracy ? $"over-confident: sure to {Percent(confidence)}, right in {Percent(accuracy)}" : $"under-confident: sure to {Percent(confidence)}, right in {Percent(accuracy)}"
            : "not calibrated";
        return Found(Finding($"the network is {direction}", EvidenceClass.Suspected, gap >= limits.Gap ? Level.Warning : Level.Note) with
        {
            Evidence =
            [
                new($"expected calibration error on {count} examples", Percent(m.Ece), $"{Percent(expected + limits.Note)}; perfect calibration gives {Percent(expected)}", "simulated, convention"),
                new("p under perfect calibration", p.ToString("0.####", CultureInfo.InvariantCulture), limits.P.ToString(CultureInfo.InvariantCulture), "simulated"),
            ],
            Fixes = ["divide the logits by a temperature that is fitted on validation data"],
        });
    }

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
