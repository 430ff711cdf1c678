using System.Globalization;

namespace Pessimist.Data;

/// <summary>Why a column is not given to the network.</summary>
public enum DropReason
{
    /// <summary>A row number, key or name that the network could only memorise.</summary>
    Identifier,

    /// <summary>A date or time.</summary>
    Date,

    /// <summary>Long text.</summary>
    FreeText,

    /// <summary>No training row has a value.</summary>
    Empty,

    /// <summary>It groups or orders the split.</summary>
    UsedBySplit,
}

/// <summary>A column left out, with the reason as a machine and as a person reads it.</summary>
public sealed record DroppedColumn(string Column, DropReason Reason, string Explanation);

/// <summary>
/// Turns columns into inputs, as fitted on the training rows only: numbers as they are (missing: the training mean, and a 0/1 indicator),
/// text with few values one-hot; identifiers, dates and free text are left out with a reason. Arrays and images pass through.
/// </summary>
public sealed class Encoder
{
    /// <summary>The most values of a text column that become inputs; rarer ones share "other".</summary>
    const int MostCategories = 40;

    /// <summary>A text column is an identifier when more than this share of its rows have a value of their own (and there are enough rows to say so).</summary>
    const double IdentifierShare = 0.5;

    readonly IReadOnlyList<ColumnEncoding> _encodings;

    Encoder(IReadOnlyList<ColumnEncoding> encodings, IReadOnlyList<DroppedColumn> dropped, IReadOnlyList<string> constant, PixelGrid? grid)
    {
        _encodings = encodings;
        Dropped = dropped;
        Constant = constant;
        ImageGuess = grid;
        Features = [.. encodings.SelectMany(e => e.Features)];
    }

    /// <summary>What each input means; empty for arrays and images.</summary>
    public IReadOnlyList<Feature> Features { get; }

    public IReadOnlyList<DroppedColumn> Dropped { get; }

    /// <summary>Columns with one value in all training rows. They are kept: they do no harm, and a check speaks of them.</summary>
    public IReadOnlyList<string> Constant { get; }

    /// <summary>Set when the inputs of a table are the pixels of a picture.</summary>
    public PixelGrid? ImageGuess { get; }

    /// <summary>What several encoders, one for each input, say of themselves; it encodes nothing.</summary>
    internal static Encoder Joined(IReadOnlyList<Encoder> parts) =>
        new([], [.. parts.SelectMany(p => p.Dropped)], [.. parts.SelectMany(p => p.Constant)], null);

    /// <summary>Learns means and categories from the training rows (<paramref name="train"/>: positions in <see cref="Targets.Rows"/>).</summary>
    public static Encoder Fit(RawData raw, Targets targets, ReadOnlySpan<int> train)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(targets);
        if (raw.Kind != DataKind.Table) return new Encoder([], [], [], null);
        var rows = new int[train.Length];
        for (var i = 0; i < rows.Length; i++) rows[i] = targets.Rows[train[i]];

        List<DroppedColumn> dropped = [];
        List<Column> kept = [];
        foreach (var column in raw.Columns)
        {
            if (targets.Columns.Contains(column.Name)) continue;
            if (column.Name == targets.GroupColumn || column.Name == targets.TimeColumn)
                dropped.Add(new DroppedColumn(column.Name, DropReason.UsedBySplit, $"'{column.Name}' decides the split"));
            else if (ReasonToDrop(column, rows) is { } reason)
                dropped.Add(reason);
            else
                kept.Add(column);
        }

        if (kept.Count == 0) RescueOne(raw, dropped, kept);
        if (kept.Count == 0)
            throw new PessimistException($"{raw.Source} has no column to learn from besides the target{(dropped.Count == 0 ? "" : ": " + string.Join("; ", dropped.Select(d => d.Explanation)))}",
                "add columns that hold numbers or categories");

        var grid = PixelGrid.Recognise(kept);
        List<string> constant = [];
        List<ColumnEncoding> encodings = new(kept.Count);
        foreach (var column in kept)
        {
            ColumnEncoding encoding = column is NumberColumn numbers ? NumberEncoding.Fit(numbers, rows, indicator: grid is null)
                : Categories((TextColumn)column) ? CategoryEncoding.Fit((TextColumn)column, rows, MostCategories)
                : new DateEncoding(column.Name);
            encodings.Add(encoding);
            if (IsConstant(column, rows)) constant.Add(column.Name);
        }

        return new Encoder(encodings, dropped, constant, grid);
    }

    /// <summary>All rows that have a target, in the order of <see cref="Targets.Rows"/>. A table's shape is [features] even where <see cref="ImageGuess"/> is set.</summary>
    public DataSet Encode(RawData raw, Targets targets)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(targets);
        IReadOnlyList<int> shape = raw.Items?.Shape ?? [Features.Count];
        var width = shape.Aggregate(1, (a, b) => a * b);
        Limits.CheckFits((long)targets.Rows.Length * width, sizeof(float), raw.Source);
        var inputs = new float[targets.Rows.Length * width];
        if (raw.Items is { } items)
        {
            for (var i = 0; i < targets.Rows.Length; i++)
                items.CopyItem(targets.Rows[i], inputs.AsSpan(i * width, width));
        }
        else
        {
            var byName = new Dictionary<string, Column>(StringComparer.Ordinal);
            foreach (var column in raw.Columns) byName[column.Name] = column;
            var offset = 0;
            foreach (var encoding in _encodings)
            {
                encoding.Write(byName[encoding.Column], targets.Rows, inputs, width, offset);
                offset += encoding.Features.Count;
            }
        }

        return DataSet.Create(new DataSet.Storage
        {
            Inputs = inputs,
            Shape = shape,
            Count = targets.Rows.Length,
            Task = targets.Task,
            Classes = targets.Classes,
            Values = targets.Values,
            ClassNames = targets.ClassNames,
            TargetNames = targets.Columns,
            Features = Features,
            Padded = raw.Items?.Padded ?? false,
            Source = raw,
            Rows = targets.Rows,
            Groups = targets.Groups,
            Times = targets.Times,
        });
    }

    static DroppedColumn? ReasonToDrop(Column column, int[] rows)
    {
        if (Array.TrueForAll(rows, column.IsMissing))
            return new DroppedColumn(column.Name, DropReason.Empty, $"'{column.Name}' is empty in all {rows.Length} training rows");
        return column is NumberColumn numbers ? NumberedRows(numbers) : UnlearnableText((TextColumn)column, rows);
    }

    /// <summary>Whole numbers, each once: 1, 2, 3 … in any order, or any such numbers under a name like "id".</summary>
    static DroppedColumn? NumberedRows(NumberColumn column)
    {
        var values = column.Values;
        if (values.Length < 20 || column.Missing > 0) return null;
        var seen = new HashSet<double>(values.Length);
        double smallest = double.PositiveInfinity, largest = double.NegativeInfinity;
        foreach (var value in values)
        {
            if (Math.Floor(value) != value || double.IsInfinity(value) || !seen.Add(value)) return null;
            smallest = Math.Min(smallest, value);
            largest = Math.Max(largest, value);
        }

        if (largest - smallest + 1 == values.Length)
            return new DroppedColumn(column.Name, DropReason.Identifier,
                string.Create(CultureInfo.InvariantCulture, $"'{column.Name}' numbers the rows from {smallest} to {largest}"));
        return NamedLikeId(column.Name)
            ? new DroppedColumn(column.Name, DropReason.Identifier, $"'{column.Name}' has its own whole number in each of {values.Length} rows")
            : null;
    }

    static bool NamedLikeId(string name) =>
        name.Equals("id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Id", StringComparison.Ordinal)
        || name.EndsWith("ID", StringComparison.Ordinal) || name.Equals("index", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Unnamed:", StringComparison.Ordinal)
        || name.Equals("key", StringComparison.OrdinalIgnoreCase) || name.Equals("uuid", StringComparison.OrdinalIgnoreCase);

    static DroppedColumn? UnlearnableText(TextColumn column, int[] rows)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int present = 0, dates = 0;
        long words = 0;
        foreach (var row in rows)
        {
            if (column.Values[row] is not { } text) continue;
            present++;
            seen.Add(text);
            if (Dates.TryParse(text, out _)) dates++;
            words += 1 + text.AsSpan().Trim().Count(' ');
        }

        if (dates >= 0.95 * present)
            return new DroppedColumn(column.Name, DropReason.Date, $"'{column.Name}' holds dates (--split time:{column.Name} would use them)");
        if (seen.Count <= 20 || seen.Count <= IdentifierShare * present) return null;
        return words > 4L * present
            ? new DroppedColumn(column.Name, DropReason.FreeText, $"'{column.Name}' holds free text")
            : new DroppedColumn(column.Name, DropReason.Identifier, $"'{column.Name}' has {seen.Count} different values in {present} training rows");
    }

    /// <summary>When nothing else is left, a running number or a date is what there is to learn from (a series over time).</summary>
    static void RescueOne(RawData raw, List<DroppedColumn> dropped, List<Column> kept)
    {
        var best = dropped.Find(d => d.Reason == DropReason.Date) ?? dropped.Find(d => d.Reason == DropReason.Identifier && raw.Columns.First(c => c.Name == d.Column) is NumberColumn);
        if (best is null) return;
        dropped.Remove(best);
        kept.Add(raw.Columns.First(c => c.Name == best.Column));
    }

    static bool Categories(TextColumn column)
    {
        foreach (var text in column.Values)
            if (text is not null) return !Dates.TryParse(text, out _);
        return true;
    }

    static bool IsConstant(Column column, int[] rows)
    {
        if (column is NumberColumn numbers)
        {
            var first = numbers.Values[rows[0]];
            return !double.IsNaN(first) && Array.TrueForAll(rows, r => numbers.Values[r] == first);
        }

        var word = ((TextColumn)column).Values[rows[0]];
        return word is not null && Array.TrueForAll(rows, r => ((TextColumn)column).Values[r] == word);
    }
}
