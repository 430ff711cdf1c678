using System.Globalization;

namespace Pessimist.Data.Readers;

/// <summary>Tells a line of names from a line of data.</summary>
static class Header
{
    /// <summary>
    /// True when a word stands above a column of numbers, or when no cell of the first row is a number and none comes again in its column;
    /// also for the names 0, 1, 2 … that programs write for columns without a name, alone or among words.
    /// </summary>
    public static bool IsPresent(IReadOnlyList<string[]> rows)
    {
        var first = rows[0];
        var numbers = first.Count(IsNumber);
        if (rows.Count > 1)
        {
            for (var i = 0; i < first.Length; i++)
                if (IsWord(first[i]) && HoldsNumbers(rows, i)) return true;
        }

        // Data rows hold 0, 1, 2 … in this order too rarely to matter.
        if (numbers > 0 && !(numbers >= Math.Min(3, first.Length) && rows.Count > 1 && first.Index().All(f => !IsNumber(f.Item) || IsPosition(f.Item, f.Index)))) return false;
        if (first.Distinct(StringComparer.Ordinal).Count() < first.Length) return false;
        for (var i = 0; i < first.Length; i++)
            for (var row = 1; row < rows.Count; row++)
                if (i < rows[row].Length && rows[row][i] == first[i]) return false;
        return true;
    }

    /// <summary>Names without blanks and repetitions; what was changed is noted.</summary>
    public static string[] Names(string[] fields, List<string> notes)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new string[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var name = fields[i].Trim().Trim('\uFEFF');
            if (name.Length == 0) name = string.Create(CultureInfo.InvariantCulture, $"Unnamed: {i}");
            var unique = name;
            for (var copy = 2; !taken.Add(unique); copy++) unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{copy}");
            if (unique != name && notes.Count < 20) notes.Add($"a second column is called '{name}'; it is called '{unique}' here");
            names[i] = unique;
        }

        return names;
    }

    public static string[] Numbered(int count) =>
        [.. Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"column_{i}"))];

    static bool IsNumber(string cell) => ColumnBuilder.TryNumber(cell.AsSpan().Trim(), out _);

    static bool IsPosition(string cell, int position) => cell.Trim() == position.ToString(CultureInfo.InvariantCulture);

    static bool IsWord(string cell) => !IsNumber(cell) && !ColumnBuilder.IsMissing(cell.AsSpan().Trim());

    static bool HoldsNumbers(IReadOnlyList<string[]> rows, int column)
    {
        int numbers = 0, words = 0;
        for (var row = 1; row < rows.Count; row++)
        {
            if (column >= rows[row].Length) continue;
            if (IsNumber(rows[row][column])) numbers++;
            else if (IsWord(rows[row][column])) words++;
        }

        return numbers > 0 && words <= numbers / 10;
    }
}
