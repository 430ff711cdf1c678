using System.Text.Json.Nodes;
using Pessimist.Checks;

namespace Pessimist.Reporting.Sarif;

/// <summary>The checks of the report as SARIF rules: those of the catalogue, judged or ignored, with their pages.</summary>
sealed class SarifRules
{
    readonly List<CheckInfo> _infos;
    readonly Dictionary<string, int> _index;

    public SarifRules(Report report)
    {
        var named = report.Checks.Select(c => Unknown(c.Code, c.Name, c.Summary))
            .Concat(report.Findings.Concat(report.Folded).Concat((report.Ignored ?? []).Select(i => i.Finding)).Select(f => Unknown(f.Code, f.Name, f.Name.Replace('-', ' '))));
        _infos = [.. named.Select(i => Catalog.Find(i.Code) is { } known && known.Name == i.Name ? known : i).DistinctBy(i => i.Code).OrderBy(i => i.Code, StringComparer.Ordinal)];
        _index = _infos.Select((info, index) => (info.Code, index)).ToDictionary(p => p.Code, p => p.index);
    }

    public int IndexOf(string code) => _index[code];

    public JsonObject Reference(string code) => new() { ["id"] = code, ["index"] = IndexOf(code) };

    public JsonArray Render() => [.. _infos.Select(Rule)];

    static JsonObject Rule(CheckInfo info)
    {
        var isKnown = Catalog.Infos.Contains(info);
        JsonObject rule = new()
        {
            ["id"] = info.Code,
            ["name"] = info.Name,
            ["shortDescription"] = SarifReport.Text(info.Summary),
            ["fullDescription"] = SarifReport.Text(isKnown ? FirstParagraph(info) : info.Summary),
            ["defaultConfiguration"] = new JsonObject { ["level"] = SarifReport.Word(info.Level) },
        };
        // Code scanning demands a help text of every rule.
        var page = isKnown ? CheckPage.Markdown(info) : info.Summary;
        rule["help"] = new JsonObject { ["text"] = page, ["markdown"] = page };
        rule["properties"] = new JsonObject
        {
            ["tags"] = isKnown ? new JsonArray("neural-network", Catalog.AreaOf(info)) : new JsonArray("neural-network"),
            ["problem.severity"] = info.Level switch { Level.Error => "error", Level.Warning => "warning", _ => "recommendation" },
            ["since"] = info.Since,
            ["explains"] = new JsonArray([.. info.Explains.Distinct().Select(c => JsonValue.Create(c))]),
        };
        return rule;
    }

    static string FirstParagraph(CheckInfo info)
    {
        var text = info.Docs.Trim().Split("\n\n").Select(p => p.Trim()).FirstOrDefault(p => p.Length > 0 && !p.StartsWith('#')) ?? "";
        return text.Length == 0 ? info.Summary : text.ReplaceLineEndings(" ");
    }

    static CheckInfo Unknown(string code, string name, string summary) => new() { Code = code, Name = Display.Clean(name), Level = Level.Warning, Summary = Display.Clean(summary), Docs = "" };
}
