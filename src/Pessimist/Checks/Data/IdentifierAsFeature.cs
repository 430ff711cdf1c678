using System.Text.RegularExpressions;
using Pessimist.Data;
using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES127 identifier-as-feature</summary>
public sealed partial class IdentifierAsFeature(IdentifierAsFeature.Limits limits) : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES127",
        Name = "identifier-as-feature",
        Level = Level.Warning,
        Summary = "a column names the row, and the network could only memorize it",
        Docs = """
            ## Why it matters
            A row number, key or time stamp lets a network learn examples by heart, and files sorted by class turn a row number into the class.

            Columns recognised as identifiers or dates are left out before training, which is a note. A column that is called an id, takes many values and
            is fed all the same is a warning.

            ## When it is a false alarm
            A series over time has nothing but its date to learn from. An id of few values is a category.

            ## What to do
            Leave it out. If it names a patient, user or recording, split by it: `--split group:COLUMN`. If it is a time, `--split time:COLUMN`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Distinct values above which a column called an id is no category.</summary>
        [Origin(Origin.Convention)] public int Values { get; init; } = 40;
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Kind != DataKind.Table) return NotApplicable("there are no columns");
        ColumnFacts[] inputs = [.. Inputs(profile)];
        // An only input is what there is to learn from.
        ColumnFacts[] fed = inputs.Length < 2 ? [] : [.. inputs.Where(c => CalledId().IsMatch(c.Name) && c.Distinct > limits.Values && (c.IsWhole || c.Kind == ColumnKind.Text))];
        DroppedColumn[] dropped = [.. profile.Dropped.Where(d => d.Reason is DropReason.Identifier or DropReason.Date)];
        if (fed.Length > 0)
        {
            return Found(Finding($"the network gets {Names(fed.Select(c => Quoted(c.Name)), 3)}, which {(fed.Length == 1 ? "names" : "name")} rows or groups of them", EvidenceClass.Suspected) with
            {
                Location = At(profile, fed[0].Name),
                Evidence = [.. fed.Take(MostListed).Select(c => new Evidence($"distinct values of {Quoted(c.Name)}", $"{c.Distinct} in {Count(c.Count, "row")}", Value(limits.Values), "convention"))],
                Fixes = [$"leave it out; if it names a group, keep its rows together with --split group:{fed[0].Name}"],
            });
        }

        if (dropped.Length == 0) return Passed("no column names the rows");
        return Found(Finding($"{Names(dropped.Select(d => Quoted(d.Column)), 3)} {(dropped.Length == 1 ? "was" : "were")} left out: {dropped[0].Explanation}", EvidenceClass.Proved, Level.Note) with
        {
            Location = At(profile, dropped[0].Column),
            Evidence = [.. dropped.Take(MostListed).Select(d => new Evidence(Quoted(d.Column), d.Explanation, "fewer values than rows, and no date", "convention"))],
            Fixes = [dropped[0].Reason == DropReason.Date ? $"if the future is to be predicted from the past, use --split time:{dropped[0].Column}" : "nothing to do; if rows belong together, say so with --split group:COLUMN"],
        });
    }

    /// <summary>Not the end of a word such as "paid" or "GRID".</summary>
    [GeneratedRegex(@"^(?:[Ii][Dd]|[Uu][Uu][Ii][Dd]|[Gg][Uu][Ii][Dd])$|[_\-. ][Ii][Dd]$|[a-z]I[Dd]$")]
    private static partial Regex CalledId();
}
