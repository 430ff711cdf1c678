using System.Globalization;
using System.Text;

namespace Pessimist.Reporting;

/// <summary>Text as a terminal shows it: made harmless, measured in columns, cut and wrapped.</summary>
public static class Display
{
    const int MostCharacters = 8192;

    /// <summary>
    /// One line without anything that could steer a terminal or reorder what is read: control and format characters
    /// (among them the bidirectional overrides) and lone surrogates are shown as <c>\u{…}</c>, tabs and line ends as spaces. Longer than anybody
    /// reads is cut.
    /// </summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text.Length > MostCharacters) text = text[..MostCharacters] + "…";
        StringBuilder? clean = null;
        var at = 0;
        while (at < text.Length)
        {
            var whole = Rune.TryGetRuneAt(text, at, out var rune);
            var length = whole ? rune.Utf16SequenceLength : 1;
            var shown = !whole ? Escape(text[at])
                : rune.Value is '\t' or '\n' or '\r' or 0x2028 or 0x2029 ? " "
                : Steers(rune) ? Escape(rune.Value)
                : null;
            if (shown is not null) (clean ??= new StringBuilder(text, 0, at, text.Length + 16)).Append(shown);
            else clean?.Append(text, at, length);
            at += length;
        }

        return clean?.ToString() ?? text;
    }

    /// <summary>Columns that the text takes: two for East Asian wide characters and emoji, none for combining marks.</summary>
    public static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += Width(rune);
        return width;
    }

    /// <summary>The text in at most <paramref name="columns"/> columns, its end cut with an ellipsis.</summary>
    public static string Fit(string text, int columns)
    {
        if (Width(text) <= columns) return text;
        var kept = new StringBuilder();
        var width = 1;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Width(rune);
            if (width > columns) break;
            kept.Append(rune);
        }

        return kept.ToString().TrimEnd() + "…";
    }

    public static string PadRight(string text, int columns) => text + new string(' ', Math.Max(0, columns - Width(text)));

    public static string PadLeft(string text, int columns) => new string(' ', Math.Max(0, columns - Width(text))) + text;

    /// <summary>Lines of at most <paramref name="columns"/> columns, broken at spaces; a longer word is broken where it must be.</summary>
    public static IEnumerable<string> Wrap(string text, int columns)
    {
        columns = Math.Max(8, columns);
        var line = new StringBuilder();
        var width = 0;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var rest = word;
            var wide = Width(rest);
            if (width > 0 && width + 1 + wide > columns)
            {
                yield return line.ToString();
                line.Clear();
                width = 0;
            }

            while (wide > columns)
            {
                var head = Head(rest, columns);
                yield return head;
                rest = rest[head.Length..];
                wide = Width(rest);
            }

            if (width > 0) line.Append(' ');
            line.Append(rest);
            width += wide + (width > 0 ? 1 : 0);
        }

        if (width > 0) yield return line.ToString();
    }

    static string Head(string text, int columns)
    {
        int width = 0, length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Width(rune);
            if (width > columns) break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    static bool Steers(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    static string Escape(int value) => $"\\u{{{value.ToString("x", CultureInfo.InvariantCulture)}}}";

    static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0 : IsWide(rune.Value) ? 2 : 1;

    /// <summary>The wide blocks of Unicode's East Asian Width (UAX 11), coarsely.</summary>
    static bool IsWide(int c) => c is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF)
        or (>= 0xA960 and <= 0xA97C) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F)
        or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
}
