using System.Globalization;
using System.Text;

namespace Pessimist.Data.Readers;

/// <summary>Collects the cells of one column and decides at the end whether it holds numbers or text.</summary>
sealed class ColumnBuilder(string name, int capacity = 0)
{
    const int MostInterned = 4096;
    const int LongestOnStack = 256;

    readonly List<double> _numbers = new(capacity);
    readonly List<TextCell> _notNumbers = [];
    readonly Dictionary<string, string> _interned = new(StringComparer.Ordinal);
    List<string?>? _texts;
    int _blank;

    public string Name { get; } = name;

    public int Count => _numbers.Count;

    /// <summary>A cell in UTF-8.</summary>
    public void Add(ReadOnlySpan<byte> cell)
    {
        if (_texts is null && PlainNumber.TryParse(cell, out var number))
        {
            _numbers.Add(number);
            return;
        }

        if (cell.Length > LongestOnStack)
        {
            Add(Encoding.UTF8.GetString(cell));
            return;
        }

        Span<char> text = stackalloc char[LongestOnStack];
        Add(text[..Encoding.UTF8.GetChars(cell, text)]);
    }

    public void Add(string? cell) => Add(cell.AsSpan());

    public void Add(ReadOnlySpan<char> cell)
    {
        var text = cell.Trim();
        if (IsMissing(text))
        {
            _blank++;
            _numbers.Add(double.NaN);
            _texts?.Add(null);
        }
        else if (TryNumber(text, out var number))
        {
            _numbers.Add(number);
            _texts?.Add(Intern(text));
        }
        else
        {
            // From the first word on, cells are kept as typed; the numbers before it are written again if the column becomes text.
            _texts ??= [.. _numbers.Select(n => double.IsNaN(n) ? null : n.ToString("R", CultureInfo.InvariantCulture))];
            var word = Intern(text);
            _texts.Add(word);
            _notNumbers.Add(new TextCell(_numbers.Count, word));
            _numbers.Add(double.NaN);
        }
    }

    public void Add(double number)
    {
        if (double.IsNaN(number)) _blank++;
        _numbers.Add(number);
        _texts?.Add(double.IsNaN(number) ? null : number.ToString("R", CultureInfo.InvariantCulture));
    }

    public Column Build()
    {
        if (_notNumbers.Count == 0) return new NumberColumn(Name, [.. _numbers]);
        return HoldsNumbers() ? WithoutMarkers() : (Column?)DecimalCommas() ?? new TextColumn(Name, [.. _texts!]);
    }

    /// <summary>Blank, and the words by which programs write a missing value.</summary>
    public static bool IsMissing(ReadOnlySpan<char> text) =>
        text.IsEmpty || text is "?" || (text.Length <= 7
        && (text.Equals("NA", StringComparison.OrdinalIgnoreCase) || text.Equals("N/A", StringComparison.OrdinalIgnoreCase) || text.Equals("NaN", StringComparison.OrdinalIgnoreCase)
            || text.Equals("null", StringComparison.OrdinalIgnoreCase) || text is "None" or "#N/A" or "<NA>" or "-nan" or "-NaN" or "\\N"));

    public static bool TryNumber(ReadOnlySpan<char> text, out double number)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)) return true;
        if (text.Length is >= 3 and <= 9 && (text.EndsWith("inf", StringComparison.OrdinalIgnoreCase) || text.EndsWith("infinity", StringComparison.OrdinalIgnoreCase)))
        {
            var sign = text[0] is '-' or '+' ? text[1..] : text;
            if (sign.Equals("inf", StringComparison.OrdinalIgnoreCase) || sign.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            {
                number = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
                return true;
            }
        }

        number = double.NaN;
        return false;
    }

    /// <summary>
    /// A few words among many different numbers are slips in a column of numbers; words among few different numbers are codes,
    /// and make the column text.
    /// </summary>
    bool HoldsNumbers()
    {
        var words = _notNumbers.Count(c => !IsMarker(c.Text));
        var numeric = _numbers.Count - _blank - _notNumbers.Count;
        var share = words / (double)Math.Max(1, numeric + words);
        if (numeric == 0) return false;
        if (share <= 0.05) return true;
        return share <= 0.2 && _numbers.Where(n => !double.IsNaN(n)).Distinct().Count() > Math.Min(20, numeric / 2);
    }

    /// <summary>"-" and "." stand for "nothing" in a column of numbers, and may be a category in a column of text.</summary>
    static bool IsMarker(string text) => text is "-" or "." or "--";

    NumberColumn WithoutMarkers() => new(Name, [.. _numbers], [.. _notNumbers.Where(c => !IsMarker(c.Text))]);

    NumberColumn? DecimalCommas()
    {
        var values = new double[_texts!.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (_texts[i] is not { } text)
            {
                values[i] = double.NaN;
                continue;
            }

            // "1,234,567" is ambiguous and stays text.
            if (text.AsSpan().Count(',') > 1 || text.Contains('.', StringComparison.Ordinal) || !TryNumber(text.Replace(',', '.'), out values[i])) return null;
        }

        return new NumberColumn(Name, values);
    }

    string Intern(ReadOnlySpan<char> text)
    {
        var lookup = _interned.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var known)) return known;
        var word = text.ToString();
        if (_interned.Count < MostInterned) _interned[word] = word;
        return word;
    }
}
