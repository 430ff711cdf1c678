using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pessimist.Checks;
using Pessimist.Checks.Settings;

namespace Pessimist.Reporting.Sarif;

/// <summary>Findings as SARIF results, in the order of the report.</summary>
sealed class SarifResults(Report report, SarifRules rules)
{
    const int MaxRows = 100;

    readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);

    public JsonArray Render() =>
    [
        .. report.Findings.Select(f => Result(f, null)),
        .. (report.Ignored ?? []).Select(i => Result(i.Finding, i.Why)),
    ];

    JsonObject Result(Finding finding, string? ignoredBy)
    {
        var at = finding.Location ?? Anywhere();
        JsonObject result = new()
        {
            ["ruleId"] = finding.Code,
            ["ruleIndex"] = rules.IndexOf(finding.Code),
            ["kind"] = "fail",
            ["level"] = SarifReport.Word(finding.Level),
            ["message"] = SarifReport.Text(Message(finding)),
            ["locations"] = new JsonArray(SarifPlaces.Location(at)),
        };
        if (finding.Related.Count > 0)
            result["relatedLocations"] = new JsonArray([.. finding.Related.Take(MaxRows).Select((related, index) =>
            {
                var location = SarifPlaces.Location(new Location(related.File, related.Line));
                location.Insert(0, "id", index + 1);
                location["message"] = SarifReport.Text(related.Message);
                return location;
            })]);
        var print = Fingerprint(finding, at);
        // The second name is the one that code scanning looks for.
        result["partialFingerprints"] = new JsonObject { ["pessimist/v1"] = print, ["primaryLocationLineHash"] = print };
        if (ignoredBy is not null)
            result["suppressions"] = new JsonArray(new JsonObject { ["kind"] = "external", ["status"] = "accepted", ["justification"] = Display.Clean(ignoredBy) });
        result["properties"] = Properties(finding);
        return result;
    }

    /// <summary>The facts, then what proves them and what to do: an annotation shows nothing else.</summary>
    static string Message(Finding finding)
    {
        var text = new StringBuilder(finding.Message);
        text.Append(Numbers.Culture, $" ({finding.Name}, {TextReport.EvidenceWord(finding.EvidenceClass)})");
        if (finding.Confirmation.Length > 0) text.Append("; confirmed: ").Append(finding.Confirmation);
        foreach (var fix in finding.Fixes.Take(3)) text.Append("; help: ").Append(fix);
        return text.ToString();
    }

    /// <summary>
    /// What was run, for a finding about no file: the data, or the first argument that is no option. A run that lost its beginning knows neither; one
    /// result without a place makes code scanning refuse them all, so that the project's file stands in.
    /// </summary>
    Location Anywhere() => new(report.Details.Data?.Source is { Length: > 0 } data ? data
        : report.Run.Arguments.FirstOrDefault(a => !string.IsNullOrEmpty(a) && !a.StartsWith('-')) ?? ProjectFile.FileName);

    /// <summary>
    /// Tells a finding from others and knows it again when lines were added above it: the check, the place in names, and the text of the line, but
    /// neither its number nor the measured values. Equal ones are numbered in their order.
    /// </summary>
    string Fingerprint(Finding finding, Location at)
    {
        var line = string.Join(' ', (SarifPlaces.Snippet(at) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        string[] parts = [finding.Code, at.File, at.Function ?? "", at.Module ?? "", at.Column ?? "", line];
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))))[..16];
        var count = _seen[hash] = _seen.GetValueOrDefault(hash) + 1;
        return string.Create(Numbers.Culture, $"{hash}:{count}");
    }

    static JsonObject Properties(Finding finding)
    {
        JsonObject properties = new() { ["evidence_class"] = TextReport.EvidenceWord(finding.EvidenceClass) };
        if (finding.Evidence.Count > 0)
            properties["evidence"] = new JsonArray([.. finding.Evidence.Take(MaxRows).Select(e => new JsonObject
            {
                ["name"] = Display.Clean(e.Name),
                ["measured"] = Display.Clean(e.Measured),
                ["limit"] = Display.Clean(e.Limit),
                ["origin"] = Display.Clean(e.Origin),
            })]);
        if (finding.Confirmation.Length > 0) properties["confirmation"] = Display.Clean(finding.Confirmation);
        Strings(properties, "causes", finding.Causes.Select(c => c.Name));
        Strings(properties, "explains", finding.Explains);
        Strings(properties, "notes", finding.Notes);
        Strings(properties, "help", finding.Fixes);
        Strings(properties, "examples", finding.Examples);
        return properties;
    }

    static void Strings(JsonObject properties, string name, IEnumerable<string> values)
    {
        JsonArray array = [.. values.Take(MaxRows).Select(v => JsonValue.Create(Display.Clean(v)))];
        if (array.Count > 0) properties[name] = array;
    }
}
