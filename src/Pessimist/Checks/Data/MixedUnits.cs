using Pessimist.Data;
using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES124 mixed-units</summary>
public sealed class MixedUnits(MixedUnits.Limits limits) : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES124",
        Name = "mixed-units",
        Level = Level.Warning,
        Summary = "one column, or the pictures of one set, come in two scales",
        Docs = """
            ## Why it matters
            Centimetres among inches, or pictures at 0..1 among pictures at 0..255: to a network they are different things.

            For pictures it is a warning: some have no value above 1, with fractions among them, and others reach beyond 100. For columns of a table it is
            a note only, as two kinds of things in one table look the same.

            ## When it is a false alarm
            Columns that hold two kinds of things. Nearly black pictures of whole numbers are not meant, and stay silent.

            ## What to do
            Look at the examples and bring them to one unit.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Largest pixel of the set from which on pictures within 0..1 are of another scale.</summary>
        [Origin(Origin.Definition, "bytes reach 255, scaled pixels 1")] public double Bytes { get; init; } = 100;
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Kind == DataKind.Arrays) return NotApplicable("arrays have no known unit");
        if (profile.Scale is { } scale)
        {
            if (scale.OfTwoScales == 0 || scale.IsWhole || !(scale.Max >= limits.Bytes)) return Passed("all pictures have one scale");
            return Found(Finding($"{Count(scale.OfTwoScales, "picture")} {(scale.OfTwoScales == 1 ? "lies" : "lie")} within 0..1 and others reach {Value(scale.Max)}", EvidenceClass.Suspected) with
            {
                Location = At(profile),
                Evidence = [new("pictures whose largest pixel is at most 1", $"{scale.OfTwoScales} of {profile.Count}", $"0 where others reach {Value(limits.Bytes)}", "definition")],
                Fixes = ["scale every picture by the same factor"],
            });
        }

        ColumnFacts[] columns = [.. Inputs(profile).Where(c => c.TwoScales is not null)];
        if (columns.Length == 0) return Passed("every column has one scale");
        var (first, two) = (columns[0], columns[0].TwoScales!);
        return Found(Finding($"{Quoted(first.Name)} holds two scales: values about {Value(two.LowerMedian)} ({Percent(two.LowerShare)}) and about {Value(two.UpperMedian)}", EvidenceClass.Suspected, Level.Note) with
        {
            Location = At(profile, first.Name, two.FewerSide.Count > 0 ? two.FewerSide[0] : null),
            Evidence = [.. columns.Take(MostListed).Select(c => new Evidence($"ratio of the medians of both parts of {Quoted(c.Name)}", Value(c.TwoScales!.Ratio), "a gap by a factor of 3, wider than both parts", "convention"))],
            Notes = ["two kinds of things in one column look the same"],
            Fixes = ["look at these rows; if they are in another unit, convert them"],
            Examples = [.. columns.SelectMany(c => c.TwoScales!.FewerSide.Select(x => Cell(c.Name, x))).Take(MostListed)],
        });
    }
}
