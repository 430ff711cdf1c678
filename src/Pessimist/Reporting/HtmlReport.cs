using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Pessimist.Reporting;

/// <summary>
/// The report as one HTML file that needs nothing else: styles, scripts, charts and the report's JSON are inside, and a content
/// security policy forbids every load from outside and every script but these. The page is built from the JSON, as text only.
/// </summary>
public static partial class HtmlReport
{
    static readonly string _template = Asset("report.html");
    static readonly string _css = Asset("report.css");
    static readonly string _echarts = Asset("echarts.min.js");
    static readonly string _charts = Asset("charts.js");
    static readonly string _script = Asset("report.js");
    static readonly string _policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; script-src "
        + string.Join(' ', new[] { _echarts, _charts, _script }.Select(s => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(s)))}'"));

    public static string Render(Report report)
    {
        var name = report.Run.Arguments.FirstOrDefault(a => !a.StartsWith('-'));
        Dictionary<string, string> parts = new()
        {
            ["csp"] = _policy,
            ["title"] = WebUtility.HtmlEncode(Display.Clean($"{report.Tool.Name} {report.Run.Command} {name}".TrimEnd() + ": " + report.Summary.Verdict)),
            ["css"] = _css,
            ["text"] = WebUtility.HtmlEncode(TextReport.Render(report, new TextOptions(Styles.None))),
            ["json"] = ReportJson.ForHtml(report),
            ["echarts"] = _echarts,
            ["charts"] = _charts,
            ["script"] = _script,
        };
        // In one pass, so that nothing from the data is taken for a place to fill.
        return Slot().Replace(_template, slot => parts[slot.Groups[1].Value]);
    }

    static string Asset(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"Pessimist.Reporting.Assets.{name}")
            ?? throw new InvalidOperationException($"the resource {name} is missing from the assembly");
        using var reader = new StreamReader(stream);
        // Line ends as the browser sees them: the hashes in the policy are of exactly this text.
        return reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Slot();
}
