using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pessimist.Engine.Watching;

/// <summary>A metric in a line that a program prints.</summary>
/// <param name="Split"><c>train</c>, <c>validation</c>, <c>test</c>; null when no word says so.</param>
/// <param name="Percent">A percent sign follows.</param>
/// <param name="Digits">Behind the point.</param>
sealed partial record PrintedMetric(string Name, double Value, string? Split, bool Percent, int Digits)
{
    const int Longest = 1000;

    [GeneratedRegex(@"(?<![\p{L}])(?<name>[\p{L}0-9_./-]*?(?:accuracy|acc|error|err|loss)(?![a-z])[\p{L}0-9_./-]*)['""]?\s*(?:[:=]|is|of|->)?\s*(?<value>\d+(?:\.(?<digits>\d+))?(?:[eE][-+]?\d+)?)(?![\w/])\s*(?<percent>%?)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    static partial Regex Pattern { get; }

    [GeneratedRegex(@"(?<![a-z])(?:(?<validation>val|valid|validation|dev|held-?out|eval|evaluation)|(?<test>test|testing)|(?<train>train|training))(?![a-z])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    static partial Regex SplitPattern { get; }

    public static IEnumerable<PrintedMetric> In(string line)
    {
        if (line.Length > Longest || !line.Any(char.IsAsciiDigit)) yield break;
        foreach (Match match in Pattern.Matches(line))
        {
            var name = match.Groups["name"];
            var value = match.Groups["value"].Value;
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) continue;
            yield return new PrintedMetric(name.Value, number, SplitOf(line[..(name.Index + name.Length)]), match.Groups["percent"].Length > 0,
                value.Contains('e', StringComparison.OrdinalIgnoreCase) ? 0 : match.Groups["digits"].Length);
        }
    }

    /// <summary>The split that the last word for one names.</summary>
    static string? SplitOf(string text)
    {
        var match = SplitPattern.Match(text.Replace('_', ' ').Replace('/', ' '));
        return !match.Success ? null : match.Groups["validation"].Success ? "validation" : match.Groups["test"].Success ? "test" : "train";
    }
}

/// <summary>Standard output as the program writes it; each line is looked at when it is whole.</summary>
sealed class PrintedLines(TextWriter inner, Action<string> line) : TextWriter(inner.FormatProvider)
{
    const int Longest = 4096;

    readonly StringBuilder _line = new();

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        inner.Write(value);
        Look([value]);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        inner.Write(buffer, index, count);
        Look(buffer.AsSpan(index, count));
    }

    public override void Write(string? value)
    {
        inner.Write(value);
        Look(value);
    }

    public override void WriteLine(string? value)
    {
        inner.WriteLine(value);
        Look(value);
        Look("\n");
    }

    public override void Flush() => inner.Flush();

    void Look(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('\n') is >= 0 and var end)
        {
            Append(text[..end]);
            var whole = _line.ToString();
            _line.Clear();
            line(whole);
            text = text[(end + 1)..];
        }

        Append(text);
    }

    void Append(ReadOnlySpan<char> text)
    {
        if (_line.Length < Longest) _line.Append(text[..Math.Min(text.Length, Longest - _line.Length)]);
    }
}
