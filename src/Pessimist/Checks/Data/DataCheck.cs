using System.Globalization;
using Pessimist.Data.Profiling;
using Pessimist.Observations;

namespace Pessimist.Checks.Data;

/// <summary>A check that judges the measured facts about the data.</summary>
public abstract class DataCheck(CheckInfo info) : Check(info), IReads<DataProfiled>
{
    /// <summary>Rows, files or names listed in a finding; the counts beside them hold all.</summary>
    protected const int MostListed = 12;

    DataProfile? _profile;

    public void Read(DataProfiled observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _profile = observation.Profile;
    }

    public override Verdict Conclude() => _profile is null ? WithoutProfile() : Judge(_profile);

    /// <summary>For a watched program, whose data are only seen as batches.</summary>
    protected virtual Verdict WithoutProfile() => NotEnoughEvidence("the data were not profiled");

    protected abstract Verdict Judge(DataProfile profile);

    /// <summary>Columns of inputs that reach the network.</summary>
    protected static IEnumerable<ColumnFacts> Inputs(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var dropped = profile.Dropped.Select(d => d.Column).ToHashSet(StringComparer.Ordinal);
        return profile.Columns.Where(c => !c.IsTarget && !dropped.Contains(c.Name));
    }

    /// <summary>A column of the file, and the row of a cell in it. Rows of a test file of its own are named in the examples only.</summary>
    protected static Location At(DataProfile profile, string? column = null, CellFact? cell = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var isFile = cell is { Row: null };
        var isOfTestFile = cell is { Row: not null } && !cell.Id.StartsWith("row ", StringComparison.Ordinal);
        return new Location(isFile ? cell!.Id : profile.Source, Column: column, Row: isOfTestFile ? null : cell?.Row);
    }

    protected static string Count(long count, string one, string? many = null) =>
        count == 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {many ?? one + "s"}");

    protected static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");

    protected static string Value(double value) =>
        value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.###e0" : "0.####", CultureInfo.InvariantCulture);

    /// <summary>The first few, and how many more there are.</summary>
    protected static string Names(IEnumerable<string> names, int most = 5)
    {
        string[] all = [.. names];
        return all.Length <= most ? string.Join(", ", all) : $"{string.Join(", ", all[..most])} and {Count(all.Length - most, "more", "more")}";
    }

    /// <summary>A cell as an example: its row or file first, then its column and what it holds.</summary>
    protected static string Cell(string column, CellFact cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.Value.Length == 0 ? $"{cell.Id} ({column})" : $"{cell.Id} ({column}: {cell.Value})";
    }

    protected static string Quoted(string name) => $"\"{name}\"";
}
