using System.Globalization;

namespace Pessimist.Data;

/// <summary>A cell that holds text where its column holds numbers. <paramref name="Row"/> counts from 0.</summary>
public sealed record TextCell(int Row, string Text);

/// <summary>One column of a table, as read.</summary>
public abstract class Column(string name)
{
    public string Name { get; } = name;

    public abstract int Count { get; }

    /// <summary>The number of blank cells and NaNs; text in a number column counts too.</summary>
    public abstract int Missing { get; }

    public abstract bool IsMissing(int row);

    /// <summary>The cell in words, as a person would type it; empty when missing.</summary>
    public abstract string Show(int row);

    /// <summary>The rows given, in their order.</summary>
    public abstract Column Select(ReadOnlySpan<int> rows);
}

/// <summary>Numbers, NaN where missing.</summary>
public sealed class NumberColumn(string name, double[] values, IReadOnlyList<TextCell>? notNumbers = null) : Column(name)
{
    public ReadOnlySpan<double> Values => values;

    /// <summary>Cells that held text which is no number (their value is NaN): every one, with its row.</summary>
    public IReadOnlyList<TextCell> NotNumbers { get; } = notNumbers ?? [];

    public override int Count => values.Length;

    public override int Missing { get; } = CountNaN(values);

    public override bool IsMissing(int row) => double.IsNaN(values[row]);

    public override string Show(int row) => IsMissing(row) ? "" : values[row].ToString("R", CultureInfo.InvariantCulture);

    public override Column Select(ReadOnlySpan<int> rows)
    {
        var chosen = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++) chosen[i] = values[rows[i]];
        if (NotNumbers.Count == 0)
            return new NumberColumn(Name, chosen);
        var texts = NotNumbers.ToDictionary(c => c.Row, c => c.Text);
        List<TextCell> cells = [];
        for (var i = 0; i < rows.Length; i++)
            if (texts.TryGetValue(rows[i], out var text)) cells.Add(new TextCell(i, text));
        return new NumberColumn(Name, chosen, cells);
    }

    static int CountNaN(double[] values)
    {
        var missing = 0;
        foreach (var value in values)
            if (double.IsNaN(value)) missing++;
        return missing;
    }
}

/// <summary>Text, null where blank.</summary>
public sealed class TextColumn(string name, string?[] values) : Column(name)
{
    public ReadOnlySpan<string?> Values => values;

    public override int Count => values.Length;

    public override int Missing { get; } = values.Count(v => v is null);

    public override bool IsMissing(int row) => values[row] is null;

    public override string Show(int row) => values[row] ?? "";

    public override Column Select(ReadOnlySpan<int> rows)
    {
        var chosen = new string?[rows.Length];
        for (var i = 0; i < rows.Length; i++) chosen[i] = values[rows[i]];
        return new TextColumn(Name, chosen);
    }
}
