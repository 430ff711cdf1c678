using System.Text.RegularExpressions;

namespace Pessimist.Tests.Reporting;

static partial class HtmlPage
{
    /// <summary>The page as far as a report shapes it: styles, charts and scripts are the same in every one.</summary>
    public static string WithoutScripts(string html) =>
        Style().Replace(Script().Replace(Hash().Replace(html, "'sha256-…'"), "<script>…</script>"), "<style>…</style>");

    [GeneratedRegex("<script>.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("'sha256-[^']+'")]
    private static partial Regex Hash();
}
