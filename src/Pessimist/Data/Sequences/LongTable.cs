using System.Globalization;
using Pessimist.Text;

namespace Pessimist.Data.Sequences;

/// <summary>Which columns of a long table say what belongs together.</summary>
/// <param name="Id">Rows of one value make one sequence.</param>
/// <param name="Time">Their order; null for the order in which they stand.</param>
public sealed record SequenceColumns(string Id, string? Time = null);

/// <summary>Turns a table of one row for each step into sequences.</summary>
public static class LongTable
{
    /// <summary>The most values of a text column that become features of a step.</summary>
    const int MostCategories = 40;

    /// <summary>Sequences [steps, features], in the order in which their first rows stand. Numbers are features as they are, text with few values one-hot;
    /// shorter sequences are filled with zeros in front, so that their last step stays the last, and a last feature says which steps are there. The target must have one value in a sequence.</summary>
    /// <param name="target">The column to be predicted.</param>
    public static RawData Group(RawData table, SequenceColumns columns, string? target)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(columns);
        if (table.Kind != DataKind.Table)
            throw new PessimistException($"--sequence-id is for tables, and {table.Source} holds {(table.Kind == DataKind.Images ? "pictures" : "arrays")}", "leave it out");
        var id = Find(table, columns.Id, "--sequence-id");
        var time = columns.Time is { } name ? Find(table, name, "--sequence-time") : null;
        if (target is null) throw new PessimistException($"{table.Source} is read as sequences, and no target is named", "name the column to predict with --target COLUMN");
        var label = Find(table, target, "--target");

        var groups = Groups(table, id, time);
        var steps = groups.Max(g => g.Length);
        List<string> notes = [.. table.Notes];
        var features = Features(table, [id, label, .. time is null ? Array.Empty<Column>() : [time]], notes);
        if (features.Count == 0) throw new PessimistException($"{table.Source} has no column of features beside {string.Join(", ", new[] { id, time, label }.OfType<Column>().Select(c => $"'{c.Name}'"))}", "give columns of numbers");
        var shortest = groups.Min(g => g.Length);
        var padded = shortest < steps;
        if (padded) features.Add(_ => 1);
        Limits.CheckFits((long)groups.Count * steps * features.Count, sizeof(float), table.Source);

        var values = new float[groups.Count * steps * features.Count];
        for (var g = 0; g < groups.Count; g++)
            for (var t = 0; t < groups[g].Length; t++)
            {
                var start = (g * steps + steps - groups[g].Length + t) * features.Count;
                for (var f = 0; f < features.Count; f++) values[start + f] = features[f](groups[g][t]);
            }

        notes.Add(string.Create(CultureInfo.InvariantCulture, $"rows are joined to {groups.Count} sequences by '{id.Name}'{(time is null ? "" : $", in the order of '{time.Name}'")}: {steps} steps of {features.Count - (padded ? 1 : 0)} features"));
        if (padded) notes.Add(string.Create(CultureInfo.InvariantCulture, $"sequences have {shortest} to {steps} steps; shorter ones are filled with zeros in front, and a last feature is 1 for the steps that are there: the LSTM reads those alone"));
        var testFrom = table.TestStart is { } start2 ? groups.FindIndex(g => g[0] >= start2) : -1;
        return new RawData
        {
            Source = table.Source,
            Kind = DataKind.Arrays,
            Format = $"{table.Format}, a row for each step",
            Count = groups.Count,
            Items = new ArrayData([steps, features.Count], groups.Count, values) { Padded = padded },
            Labels = Label(table, label, groups, id),
            Notes = notes,
            TestStart = testFrom < 0 ? null : testFrom,
            TestSource = table.TestSource,
        };
    }

    static Column Find(RawData table, string name, string option) => table.Columns.FirstOrDefault(c => c.Name == name)
        ?? throw new PessimistException($"{option}: {table.Source} has no column '{name}'{DidYouMean.Suffix(name, table.Columns.Select(c => c.Name))}", $"its columns are {DidYouMean.List(table.Columns.Select(c => c.Name))}");

    /// <summary>The rows of each sequence, in order. A sequence never reaches from the training file into the test file.</summary>
    static List<int[]> Groups(RawData table, Column id, Column? time)
    {
        var groups = new Dictionary<(bool Test, string Id), List<int>>();
        var inOrder = new List<List<int>>();
        for (var row = 0; row < table.Count; row++)
        {
            if (id.IsMissing(row)) throw new PessimistException($"{table.Source} {table.Id(row)}: '{id.Name}' is missing, so that the row belongs to no sequence", "fill it in, or leave the row out");
            var key = (row >= table.TestStart, id.Show(row));
            if (!groups.TryGetValue(key, out var rows))
            {
                groups[key] = rows = [];
                inOrder.Add(rows);
            }

            rows.Add(row);
        }

        if (time is null) return [.. inOrder.Select(g => g.ToArray())];
        var times = Times(table, time);
        return [.. inOrder.Select(g => g.OrderBy(r => times[r]).ToArray())];
    }

    static double[] Times(RawData table, Column time)
    {
        var times = new double[table.Count];
        for (var row = 0; row < times.Length; row++)
        {
            times[row] = time is NumberColumn numbers ? numbers.Values[row]
                : ((TextColumn)time).Values[row] is { } text && Dates.TryParse(text, out var when) ? when : double.NaN;
            if (double.IsNaN(times[row]))
                throw new PessimistException($"{table.Source} {table.Id(row)}: '{time.Name}' is {(time.IsMissing(row) ? "missing" : $"'{time.Show(row)}', which is neither a number nor a date")}", "give every row a time");
        }

        return times;
    }

    static List<Func<int, float>> Features(RawData table, IReadOnlyCollection<Column> others, List<string> notes)
    {
        List<Func<int, float>> features = [];
        foreach (var column in table.Columns.Where(c => !others.Contains(c)))
        {
            if (column is NumberColumn numbers)
            {
                features.Add(row => (float)numbers.Values[row]);
                continue;
            }

            var text = (TextColumn)column;
            var categories = text.Values.ToArray().OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MostCategories + 1).ToArray();
            if (categories.Length > MostCategories)
            {
                notes.Add($"'{column.Name}' is left out: it is text with more than {MostCategories} values");
                continue;
            }

            foreach (var category in categories) features.Add(row => text.Values[row] == category ? 1 : 0);
        }

        return features;
    }

    static Column Label(RawData table, Column label, List<int[]> groups, Column id)
    {
        foreach (var group in groups)
            if (group.FirstOrDefault(row => label.Show(row) != label.Show(group[0]), -1) is >= 0 and var other)
                throw new PessimistException($"{table.Source}: in the sequence {id.Show(group[0])} '{label.Name}' is '{label.Show(group[0])}' in {table.Id(group[0])} and '{label.Show(other)}' in {table.Id(other)}; a sequence has one target",
                    "choose a target that is the same in all rows of a sequence, or another --sequence-id");
        return label.Select([.. groups.Select(g => g[0])]);
    }
}
