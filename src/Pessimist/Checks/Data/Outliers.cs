using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES123 outliers</summary>
public sealed class Outliers() : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES123",
        Name = "outliers",
        Level = Level.Note,
        Summary = "a few values lie far outside all others of their column",
        Docs = """
            ## Why it matters
            A slip of the decimal point, or a code such as -999 for "unknown", pulls mean and standard deviation away, so that normalization presses
            all honest values together.

            ## How it is told
            By a gap: the values lie away from all others by more than five times the range of those. Heavy tails thin out step by step and stay silent.

            ## When it is a false alarm
            Rare and true extremes exist: so it is never more than a note.

            ## What to do
            Look at the rows. Turn codes into blanks and mend slips; use a logarithm where the quantity spans many magnitudes.
            """,
    };

    /// <summary>As the profile measures it.</summary>
    const string Limit = "5 times the range of the others";

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ColumnFacts[] columns = [.. Inputs(profile).Concat(profile.Columns.Where(c => c.IsTarget)).Where(c => c.Outliers > 0)];
        if (columns.Length == 0) return profile.Columns.Any(c => c.Kind == ColumnKind.Number) ? Passed("no value stands apart") : NotApplicable("there are no columns of numbers");
        var first = columns.OrderByDescending(c => c.IsTarget).First();
        var count = columns.Sum(c => c.Outliers);
        var cells = columns.SelectMany(c => c.OutlierCells.Select(x => (Column: c.Name, Cell: x))).ToArray();
        return Found(Finding($"{Count(count, "value")} of {Names(columns.Select(c => Quoted(c.Name)), 3)} {(count == 1 ? "lies" : "lie")} far from all others: {Names(first.OutlierCells.Select(c => $"{c.Value} in {c.Id}"), 2)}", EvidenceClass.Suspected) with
        {
            Location = At(profile, first.Name, first.OutlierCells.Count > 0 ? first.OutlierCells[0] : null),
            Evidence = [.. columns.Take(MostListed).Select(c => new Evidence($"values of {Quoted(c.Name)} beyond a gap", $"{c.Outliers}, the median is {Value(c.Median)}", Limit, "convention"))],
            Notes = first.IsTarget ? ["the target is among them: the squared error listens to little else"] : [],
            Fixes = ["look at these rows: turn codes for \"unknown\" into blanks, and mend slips of the decimal point"],
            Examples = [.. cells.Take(MostListed).Select(c => Cell(c.Column, c.Cell))],
        });
    }
}
