using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Evaluation;

namespace Pessimist.Checks.Data;

/// <summary>PES122 missing-values</summary>
public sealed class MissingValues(MissingValues.Limits limits) : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES122",
        Name = "missing-values",
        Level = Level.Warning,
        Summary = "cells are blank, or hold text where their column holds numbers",
        Docs = """
            ## Why it matters
            A blank cell is filled with the column's training mean, and a second input says that it was blank. Few blanks do little harm. Many make the
            column what the filling made it, and when blanks go together with the target, the network learns who filled in the form.

            Text in a column of numbers is a slip of the file: the number that was meant is lost.

            ## When it is a false alarm
            A column that is blank by right (a date of death) says something by being blank: then it is a feature, and the warning names it as one.
            Words that programs write for "missing" (NA, NaN, null, ?) count as blank.

            ## What to do
            Mend text cells. For blanks, find out why they are blank before filling them.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of a column that may be blank before it is a warning.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.05;

        /// <summary>p-value, after Holm, of blanks going together with the target.</summary>
        [Origin(Origin.Convention)] public double P { get; init; } = 0.001;
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Kind != DataKind.Table) return NotApplicable("arrays and pictures have no blank cells; NaNs are input-not-finite");
        var empty = profile.Dropped.Where(d => d.Reason == DropReason.Empty).Select(d => d.Column).ToHashSet(StringComparer.Ordinal);
        ColumnFacts[] blank = [.. Inputs(profile).Where(c => c.Missing > 0)];
        ColumnFacts[] worded = [.. profile.Columns.Where(c => c.NotNumbers > 0)];
        var target = profile.Target;
        if (blank.Length == 0 && worded.Length == 0 && target.Missing == 0 && empty.Count == 0) return Passed("no cell is blank");

        var telling = Telling(blank);
        ColumnFacts[] many = [.. blank.Where(c => Share(c) > limits.Share)];
        var targetShare = (double)target.Missing / (target.Missing + profile.Count);
        string[] said =
        [
            .. worded.Length == 0 ? Array.Empty<string>() : [Worded(worded)],
            .. telling.Length == 0 ? Array.Empty<string>() : [$"blanks in {Names(telling.Select(t => Quoted(t.Column.Name)), 3)} go together with the target"],
            .. blank.Length == 0 ? Array.Empty<string>() : [Blank(many.Length > 0 ? many : blank)],
            .. target.Missing == 0 ? Array.Empty<string>() : [$"{Count(target.Missing, "row")} without a target {(target.Missing == 1 ? "is" : "are")} left out"],
            .. empty.Count == 0 ? Array.Empty<string>() : [$"{Names(empty.Select(Quoted), 3)} {(empty.Count == 1 ? "is" : "are")} empty"],
        ];
        var warns = worded.Length > 0 || telling.Length > 0 || many.Length > 0 || targetShare > limits.Share;
        var first = worded.FirstOrDefault() ?? (telling.Length > 0 ? telling[0].Column : null) ?? many.FirstOrDefault() ?? blank.FirstOrDefault();
        CellFact? cell = first is null ? target.MissingCells.Count > 0 ? target.MissingCells[0] : null : first.NotNumberCells.Concat(first.MissingCells).FirstOrDefault();
        return Found(Finding(string.Join("; ", said.Take(2)), EvidenceClass.Proved, warns ? Level.Warning : Level.Note) with
        {
            Location = At(profile, first?.Name ?? (target.Missing > 0 && target.Columns.Count > 0 ? target.Columns[0] : empty.First()), cell),
            Evidence =
            [
                .. worded.Take(MostListed).Select(c => new Evidence($"text cells in {Quoted(c.Name)}", Count(c.NotNumbers, "cell"), "0 in a column of numbers", "definition")),
                .. telling.Take(MostListed).Select(t => new Evidence($"p of blanks in {Quoted(t.Column.Name)} being independent of the target", Value(t.P), Value(limits.P), "convention")),
                .. blank.OrderByDescending(c => c.Missing).Take(MostListed).Select(c => new Evidence($"blank cells in {Quoted(c.Name)}", $"{c.Missing} ({Percent(Share(c))})", Percent(limits.Share), "convention")),
                .. target.Missing == 0 ? Array.Empty<Evidence>() : [new Evidence("rows without a target", $"{target.Missing} ({Percent(targetShare)})", Percent(limits.Share), "convention")],
            ],
            Notes = [.. said.Skip(2), .. blank.Length > 0 ? ["a blank is filled with the column's training mean, and an input of its own says that it was blank (pixels: filled only)"] : Array.Empty<string>()],
            Fixes = [worded.Length > 0 ? "mend the cells listed: write the number that was meant, or leave them blank" : "find out why these cells are blank before filling them"],
            Examples = [.. worded.SelectMany(c => c.NotNumberCells.Select(x => Cell(c.Name, x with { Value = Quoted(x.Value) }))).Concat(blank.SelectMany(c => c.MissingCells.Select(x => Cell(c.Name, x)))).Concat(target.MissingCells.Select(x => x.Id)).Take(MostListed)],
        });
    }

    static double Share(ColumnFacts column) => (double)column.Missing / column.Count;

    static string Worded(ColumnFacts[] worded)
    {
        var count = worded.Sum(c => c.NotNumbers);
        var cells = worded.SelectMany(c => c.NotNumberCells).Select(c => $"{Quoted(c.Value)} in {c.Id}");
        return $"{Count(count, "cell")} of the number {(worded.Length == 1 ? "column" : "columns")} {Names(worded.Select(c => Quoted(c.Name)), 3)} {(count == 1 ? "holds" : "hold")} text: {Names(cells, 2)}";
    }

    static string Blank(ColumnFacts[] blank) => blank.Length == 1
        ? $"{Count(blank[0].Missing, "cell")} of {Quoted(blank[0].Name)} {(blank[0].Missing == 1 ? "is" : "are")} blank ({Percent(Share(blank[0]))})"
        : $"{Count(blank.Sum(c => c.Missing), "cell")} of {Count(blank.Length, "column")} are blank";

    /// <summary>Columns whose blanks go together with the target, the surest first.</summary>
    (ColumnFacts Column, double P)[] Telling(ColumnFacts[] blank)
    {
        ColumnFacts[] tested = [.. blank.Where(c => c.MissingTargetP is not null)];
        var adjusted = MultipleTests.Holm([.. tested.Select(c => Math.Clamp(c.MissingTargetP!.Value, 0, 1))]);
        return [.. tested.Select((c, i) => (Column: c, P: adjusted[i])).Where(t => t.P <= limits.P).OrderBy(t => t.P)];
    }
}
