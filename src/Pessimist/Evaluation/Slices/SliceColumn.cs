using System.Globalization;
using Pessimist.Data;

namespace Pessimist.Evaluation.Slices;

/// <summary>A column cut into parts: ranges of a number, values of a text, and blank.</summary>
/// <param name="Parts">Each in words, e.g. <c>age &gt; 60</c>.</param>
/// <param name="PartOf">The part of each example; -1 for values too rare to be one.</param>
public sealed record SliceColumn(string Name, IReadOnlyList<string> Parts, int[] PartOf)
{
    const int Ranges = 4, MostValues = 8, MostParts = 20;

    /// <param name="rows">Rows of the column, in the order of the examples.</param>
    /// <param name="fewest">Examples that a part needs.</param>
    public static SliceColumn Of(Column column, ReadOnlySpan<int> rows, int fewest)
    {
        ArgumentNullException.ThrowIfNull(column);
        var chosen = column.Select(rows);
        return chosen is NumberColumn { Values: var values } && values.ToArray().Where(v => !double.IsNaN(v)).Distinct().Take(MostValues + 1).Count() > MostValues
            ? InRanges(chosen.Name, values.ToArray(), fewest) : ByValue(chosen, fewest);
    }

    static SliceColumn ByValue(Column column, int fewest)
    {
        var texts = Enumerable.Range(0, column.Count).Select(column.Show).ToArray();
        var common = texts.GroupBy(t => t, StringComparer.Ordinal).Where(g => g.Count() >= fewest).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(MostParts).Select(g => g.Key).ToList();
        return new SliceColumn(column.Name, [.. common.Select(t => t.Length == 0 ? $"{column.Name} is blank" : $"{column.Name} = {t}")], [.. texts.Select(t => common.IndexOf(t))]);
    }

    static SliceColumn InRanges(string name, double[] values, int fewest)
    {
        var sorted = values.Where(v => !double.IsNaN(v)).Order().ToArray();
        double[] edges = [.. Enumerable.Range(1, Ranges - 1).Select(q => sorted[(int)((long)q * (sorted.Length - 1) / Ranges)]).Distinct()];
        List<string> parts = [.. Enumerable.Range(0, edges.Length + 1).Select(i => i == 0 ? $"{name} <= {Number(edges[0])}" : i == edges.Length ? $"{name} > {Number(edges[^1])}" : $"{Number(edges[i - 1])} < {name} <= {Number(edges[i])}")];
        parts.Add($"{name} is blank");
        int[] part = [.. values.Select(v => double.IsNaN(v) ? edges.Length + 1 : edges.Count(e => v > e))];
        var counts = part.GroupBy(p => p).ToDictionary(g => g.Key, g => g.Count());
        return new SliceColumn(name, parts, [.. part.Select(p => counts[p] >= fewest ? p : -1)]);
    }

    static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
