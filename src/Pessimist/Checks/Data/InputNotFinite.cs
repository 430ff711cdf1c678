using Pessimist.Data;
using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES106 input-not-finite</summary>
public sealed class InputNotFinite() : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES106",
        Name = "input-not-finite",
        Level = Level.Error,
        Summary = "inputs or targets hold NaN or infinity",
        Explains = ["PES301", "PES401", "PES607", "PES611", "PES701", "PES901", "PES902", "PES903", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            One NaN or infinity in a batch makes every weight NaN after one step.

            Blank cells and NaNs of a table are missing values and judged by missing-values: they are filled in before the network sees them. Arrays
            and pictures are fed as they are.

            ## When it is a false alarm
            Infinity as a mask for "no value" is caught too: it is no number to learn from either.

            ## What to do
            Look at the rows named: a division by zero, a logarithm of zero, a failed parse. Mend the step that made them, or leave the examples out.
            """,
    };

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Columns.Count == 0) return NotEnoughEvidence("no column was measured");
        var isTable = profile.Kind == DataKind.Table;
        ColumnFacts[] bad = [.. profile.Columns.Where(c => c.Infinite > 0 || (!isTable && c.Missing > 0))];
        if (bad.Length == 0) return Passed("every number is finite");
        ColumnFacts first = bad[0];
        var cells = bad.SelectMany(c => (isTable ? c.InfiniteCells : c.InfiniteCells.Concat(c.MissingCells)).Select(x => (Column: c.Name, Cell: x))).ToArray();
        var count = bad.Sum(c => c.Infinite + (isTable ? 0 : c.Missing));
        return Found(Finding($"{Count(count, "value")} of {Names(bad.Select(c => Quoted(c.Name)), 3)} {(count == 1 ? "is" : "are")} not finite", EvidenceClass.Proved) with
        {
            Location = At(profile, first.Name, cells.Length > 0 ? cells[0].Cell : null),
            Evidence =
            [
                .. bad.Take(MostListed).Select(c => new Evidence($"infinities and NaNs in {Quoted(c.Name)}", isTable ? Count(c.Infinite, "infinity", "infinities") : $"{Count(c.Infinite, "infinity", "infinities")}, {Count(c.Missing, "NaN")}", "0", "definition")),
            ],
            Notes = bad.Any(c => c.IsTarget) ? ["the target is among them: the loss cannot be finite"] : [],
            Fixes = ["mend the step that made these values, or leave the examples out"],
            Examples = [.. cells.Select(c => Cell(c.Column, c.Cell)).Distinct().Take(MostListed)],
        });
    }
}
