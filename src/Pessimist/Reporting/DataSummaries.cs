using Pessimist.Data.Profiling;

namespace Pessimist.Reporting;

/// <summary>Shortens the profile of the data to a table.</summary>
static class DataSummaries
{
    const int MaxColumns = 200;

    public static DataSummary Of(DataProfile profile)
    {
        var dropped = profile.Dropped.GroupBy(d => d.Column).ToDictionary(g => g.Key, g => g.First().Explanation);
        ColumnSummary[] columns = [.. profile.Columns.Select(c => Summarize(c, dropped.GetValueOrDefault(c.Name)))];
        return new DataSummary(profile.Source, profile.Format, profile.Count, profile.InputShape,
            [.. columns.OrderBy(c => c.Remarks.Count == 0).Take(MaxColumns)], Math.Max(0, columns.Length - MaxColumns));
    }

    static ColumnSummary Summarize(ColumnFacts column, string? dropped)
    {
        List<string> remarks = [];
        if (column.IsTarget) remarks.Add("target");
        if (column.IsConstant) remarks.Add("constant");
        if (column.NotNumbers > 0) remarks.Add($"{Numbers.Plural(column.NotNumbers, "cell")} with text");
        if (column.Infinite > 0) remarks.Add($"{Numbers.Count(column.Infinite)} infinite");
        if (column.Missing > 0) remarks.Add($"{Numbers.Count(column.Missing)} missing");
        if (column.Outliers > 0) remarks.Add($"{Numbers.Count(column.Outliers)} far outside");
        if (dropped is not null) remarks.Add($"kept from the network: {dropped}");
        return new ColumnSummary(column.Name, column.Kind.ToString().ToLowerInvariant(), column.Missing,
            column.Min, column.Mean, column.Max, column.Std, column.Zeros, remarks, column.Distinct);
    }
}
