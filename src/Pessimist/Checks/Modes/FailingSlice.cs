using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Modes;

/// <summary>PES612 failing-slice</summary>
public sealed class FailingSlice(FailingSlice.Limits limits) : Check(About), IReads<SlicesSearched>, IReads<SliceMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES612",
        Name = "failing-slice",
        Level = Level.Warning,
        Summary = "the network does far worse on a part of the data",
        Docs = """
            ## Why it matters
            A good mean can hide a group that is nearly always wrong: a sensor in another unit, a city that training hardly saw, blank cells.

            ## How it is told
            All parts of one column, and of two together, with at least 30 examples: found on one half of the validation data, confirmed on the other, with
            Benjamini-Hochberg over those to be confirmed. It is a warning when the error is far above that of the rest, and when the network does not
            know it: its probabilities promise less error there than it makes. Else it is a note.

            ## When it is a false alarm
            Where classes overlap, errors are many by nature, and a good network is unsure there: then it is at most a note. Large numbers have large errors:
            for regression it is a note.

            ## What to do
            Look at examples of the part. Check their units and blanks, collect more of them, or give the network what tells them apart.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Error of the slice, for that of the rest.</summary>
        [Origin(Origin.Convention)] public double Ratio { get; init; } = 2;

        /// <summary>Difference of error rates to the rest.</summary>
        [Origin(Origin.Convention)] public double Difference { get; init; } = 0.1;

        /// <summary>Error beyond what the probabilities promise, more than elsewhere.</summary>
        [Origin(Origin.Convention)] public double Excess { get; init; } = 0.1;

        /// <summary>Adjusted p-value of that.</summary>
        [Origin(Origin.Convention)] public double P { get; init; } = 0.01;
    }

    readonly List<SliceMeasured> _slices = [];
    SlicesSearched? _searched;

    // The last search counts: after tuning, the tuned network's.
    public void Read(SlicesSearched observation)
    {
        _searched = observation;
        _slices.Clear();
    }

    public void Read(SliceMeasured observation) => _slices.Add(observation);

    public override Verdict Conclude()
    {
        if (_searched is not { } searched) return NotEnoughEvidence("no parts of the data were looked at");
        if (searched.Candidates == 0) return NotEnoughEvidence($"{searched.Examples} examples are too few to look at parts of them");
        var bad = _slices.Where(s => s.Rest is { } rest && s.Error >= limits.Ratio * rest && (!searched.IsRate || s.Error >= rest + limits.Difference)).OrderByDescending(s => s.Error).ToArray();
        if (bad.Length == 0) return Passed($"no part of {searched.Candidates} does far worse than the rest");
        var unaware = bad.Where(s => s.Excess >= limits.Excess && s.ExcessP <= limits.P).ToArray();
        var worst = unaware.FirstOrDefault() ?? bad[0];
        return Found(Finding($"the network does far worse where {worst.Where}: error {Value(worst.Error)} against {Value(worst.Rest!.Value)} elsewhere",
            EvidenceClass.Suspected, unaware.Length > 0 ? Level.Warning : Level.Note) with
        {
            Evidence =
            [
                .. (unaware.Length > 0 ? unaware : bad).Take(5).Select(s => new Evidence($"error where {s.Where} ({s.N} examples)", $"{Value(s.Error)} ({Value(s.Low)} to {Value(s.High)})",
                    $"{Value(Math.Max(limits.Ratio * s.Rest!.Value, searched.IsRate ? s.Rest.Value + limits.Difference : 0))}; elsewhere {Value(s.Rest.Value)}", "convention")),
                .. unaware.Length > 0 ? [new Evidence("error beyond what its probabilities promise, more than elsewhere", Value(worst.Excess!.Value), Value(limits.Excess), "convention")] : Array.Empty<Evidence>(),
            ],
            Notes = unaware.Length > 0 ? [] : [searched.IsRate ? "the network is unsure there, as it should be" : "large numbers have large errors by nature"],
            Fixes = ["look at examples of this part: units, blanks, too few of them in training"],
        });

        string Value(double value) => searched.IsRate ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.#} %") : value.ToString("0.####", CultureInfo.InvariantCulture);
    }
}
