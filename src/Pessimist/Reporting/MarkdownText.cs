using System.Text;
using Pessimist.Checks;

namespace Pessimist.Reporting;

/// <summary>Text from a user's program or data inside Markdown: it can form neither markup nor HTML.</summary>
static class MarkdownText
{
    const string Nothing = "<!-- -->";

    /// <summary>One line in which nothing is markup.</summary>
    public static string Safe(string? value)
    {
        var safe = new StringBuilder();
        foreach (var c in Display.Clean(value))
        {
            if (c is '<' or '>' or '&') safe.Append(c switch { '<' => "&lt;", '>' => "&gt;", _ => "&amp;" });
            else if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '!' or '~') safe.Append('\\').Append(c);
            else safe.Append(c);
        }

        // Code hosts turn these into calls and links after everything else; a comment between the characters stays unseen and prevents it.
        return safe.Replace("@", $"@{Nothing}").Replace("://", $":{Nothing}//").Replace("www.", $"www{Nothing}.").ToString();
    }

    /// <summary>Text to stand between backticks.</summary>
    public static string Code(string value) => Display.Clean(value).Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>The source around the line of a finding as a block of code, its line marked; nothing when there is none.</summary>
    public static IEnumerable<string> Source(Location? at)
    {
        if (at is not { Line: { } line, Excerpt: { } excerpt } || excerpt.Line(line) is null) yield break;
        var gutter = Numbers.Digits(excerpt.FirstLine + excerpt.Lines.Count - 1);
        string[] lines = [.. excerpt.Lines.Select((text, i) => $"{(excerpt.FirstLine + i == line ? ">" : " ")} {Display.PadLeft((excerpt.FirstLine + i).ToString(Numbers.Culture), gutter)} | {Display.Clean(text.Replace("\t", "    ", StringComparison.Ordinal))}".TrimEnd())];
        // A fence longer than any run of backticks inside cannot be closed from inside.
        var fence = new string('`', Math.Max(3, 1 + lines.Max(LongestRun)));
        yield return $"{fence}text";
        foreach (var text in lines) yield return text;
        yield return fence;
        if (at.Label is { Length: > 0 } label)
        {
            yield return "";
            yield return Safe(label);
        }

        yield return "";
    }

    static int LongestRun(string text)
    {
        int longest = 0, run = 0;
        foreach (var c in text) longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        return longest;
    }
}
