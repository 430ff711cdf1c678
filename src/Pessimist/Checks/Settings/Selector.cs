using Pessimist.Text;

namespace Pessimist.Checks.Settings;

/// <summary>A word that names checks: a code (PES301), a name (loss-not-finite), the beginning of a code (PES3), or <c>all</c>.</summary>
public sealed record Selector
{
    public const string All = "all";
    const int Exact = 100;
    const string CodeStart = "PES";

    Selector(string text, string source, int precision)
    {
        Text = text;
        Source = source;
        Precision = precision;
    }

    public string Text { get; }

    /// <summary>Who says so: an option, or the project's file.</summary>
    public string Source { get; }

    /// <summary>How exactly it names a check; of two selectors that disagree the more precise one holds.</summary>
    public int Precision { get; }

    /// <exception cref="PessimistException">The word names no check.</exception>
    public static Selector Parse(string text, string source)
    {
        ArgumentNullException.ThrowIfNull(text);
        var word = text.Trim();
        if (word.Equals(All, StringComparison.OrdinalIgnoreCase)) return new Selector(All, source, 0);
        if (Catalog.Find(word) is not null) return new Selector(word, source, Exact);
        if (word.StartsWith(CodeStart, StringComparison.OrdinalIgnoreCase) && Catalog.Infos.Any(i => i.Code.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
            return new Selector(word, source, word.Length);
        throw new PessimistException($"{source}: no check is called '{word}'{(word.StartsWith(CodeStart, StringComparison.OrdinalIgnoreCase) ? "" : DidYouMean.Suffix(word, Catalog.Infos.Select(i => i.Name).Append(All)))}",
            "name a code such as PES301, a check's name, the beginning of codes such as PES3, or 'all'; pessimist checks lists them all");
    }

    /// <summary>Several words, separated by commas.</summary>
    public static IEnumerable<Selector> ParseAll(string text, string source) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word => Parse(word, source));

    public bool Names(CheckInfo check) => Precision switch
    {
        0 => true,
        Exact => check.Code.Equals(Text, StringComparison.OrdinalIgnoreCase) || check.Name.Equals(Text, StringComparison.OrdinalIgnoreCase),
        _ => check.Code.StartsWith(Text, StringComparison.OrdinalIgnoreCase),
    };
}
