using Pessimist.Checks;

namespace Pessimist.Reporting;

/// <summary>The line of the program that a finding points at, underlined, as compilers show it.</summary>
/// <param name="Number">The line's number, or nothing, to the width of the gutter.</param>
/// <param name="IsMark">True for the underline and what stands behind it.</param>
readonly record struct SourceLine(string Number, string Text, bool IsMark)
{
    const int TabWidth = 4;
    const int LeastGutter = 2;

    /// <summary>How many columns the numbers take: as many as the line's number, so that arrow, bar and number stand in line.</summary>
    public static int Gutter(Location at) => Math.Max(LeastGutter, at.Line is { } line ? Numbers.Digits(line) : 0);

    /// <summary>The line, its underline with the label, and the wrapped rest of the label; nothing when there is no excerpt.</summary>
    /// <param name="columns">Room for the text behind the bar.</param>
    public static IReadOnlyList<SourceLine> Of(Location at, int columns)
    {
        if (at.Line is not { } number || at.Excerpt?.Line(number) is not { } source) return [];
        var (start, end) = Span(source, at);
        // Cleaning and tabs change the width: each part is measured as it is shown.
        string before = Shown(source[..start]), marked = Shown(source[start..end]), after = Shown(source[end..]);
        var indent = before.Length - before.TrimStart().Length;
        const int MostIndent = 8;
        if (indent > MostIndent) before = before[(indent - MostIndent)..];
        if (Display.Width(before) + Math.Min(Display.Width(marked), columns / 2) > columns) before = "…" + Last(before, columns / 2);
        var gutter = Gutter(at);
        var line = Display.Fit((before + marked + after).TrimEnd(), columns);
        var room = Math.Max(1, columns - Display.Width(before));
        var mark = new string(' ', Display.Width(before)) + new string('^', Math.Clamp(Display.Width(marked), 1, room));
        List<SourceLine> lines = [new(Display.PadLeft(number.ToString(Numbers.Culture), gutter), line, false)];
        var label = Display.Clean(at.Label);
        var blank = new string(' ', gutter);
        if (label.Length > 0 && Display.Width(mark) + 1 + Display.Width(label) <= columns)
        {
            lines.Add(new(blank, $"{mark} {label}", true));
        }
        else
        {
            lines.Add(new(blank, mark, true));
            var lead = new string(' ', Math.Min(Display.Width(before), columns / 2));
            lines.AddRange(Display.Wrap(label, columns - lead.Length).Select(l => new SourceLine(blank, lead + l, true)));
        }

        return lines;
    }

    /// <summary>The characters to underline: those of the finding, else the word at its column, else the whole line.</summary>
    static (int Start, int End) Span(string source, Location at)
    {
        var start = (at.SourceColumn ?? 0) - 1;
        if (start < 0 || start >= source.Length || char.IsWhiteSpace(source[start]))
        {
            var content = source.TrimEnd();
            return (content.Length - content.TrimStart().Length, content.Length);
        }

        var end = start;
        if (at.EndColumn is { } given && given - 1 > start) end = Math.Min(given - 1, source.Length);
        else
            while (end < source.Length && (char.IsLetterOrDigit(source[end]) || source[end] is '_' or '.')) end++;
        end = Math.Max(end, start + 1);
        // Half a character cannot be shown.
        if (char.IsLowSurrogate(source[start]) && start > 0) start--;
        if (end < source.Length && char.IsLowSurrogate(source[end])) end++;
        return (start, end);
    }

    static string Shown(string part) => Display.Clean(part.Replace("\t", new string(' ', TabWidth), StringComparison.Ordinal));

    static string Last(string text, int columns)
    {
        var from = text.Length;
        var width = 0;
        while (from > 0 && width < columns)
        {
            from -= from > 1 && char.IsLowSurrogate(text[from - 1]) ? 2 : 1;
            width = Display.Width(text[from..]);
        }

        return text[from..];
    }
}
