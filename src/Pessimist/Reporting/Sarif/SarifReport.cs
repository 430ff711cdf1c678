using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pessimist.Checks;

namespace Pessimist.Reporting.Sarif;

/// <summary>
/// The report as SARIF 2.1.0, the format of code scanning. Each finding is a result with file and line; a finding about no file points at what
/// was run, since a result without a place is not shown. Ignored findings are suppressed results; crashed checks are notifications.
/// </summary>
public static class SarifReport
{
    const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var rules = new SarifRules(report);
        var results = new SarifResults(report, rules);
        JsonObject run = new()
        {
            ["tool"] = new JsonObject
            {
                ["driver"] = new JsonObject
                {
                    ["name"] = report.Tool.Name,
                    ["version"] = report.Tool.Version,
                    ["semanticVersion"] = report.Tool.Version,
                    ["rules"] = rules.Render(),
                },
            },
            ["automationDetails"] = new JsonObject { ["id"] = $"{report.Tool.Name}/{Uri.EscapeDataString(report.Run.Command)}/" },
            ["columnKind"] = "utf16CodeUnits",
            ["originalUriBaseIds"] = new JsonObject { [SarifPlaces.Base] = new JsonObject { ["description"] = Text("the working directory of the run") } },
            ["invocations"] = new JsonArray(Invocation(report, rules)),
            ["results"] = results.Render(),
            ["properties"] = new JsonObject { ["verdict"] = Display.Clean(report.Summary.Verdict), ["run"] = Display.Clean(report.Run.Id) },
        };
        JsonObject log = new() { ["$schema"] = Schema, ["version"] = "2.1.0", ["runs"] = new JsonArray(run) };
        return log.ToJsonString(s_indented) + "\n";
    }

    /// <summary>A message in which nothing is a link.</summary>
    internal static JsonObject Text(string text)
    {
        var clean = Display.Clean(text);
        return new JsonObject { ["text"] = clean.Contains("](", StringComparison.Ordinal) ? clean.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal) : clean };
    }

    internal static string Word(Level level) => level switch { Level.Error => "error", Level.Warning => "warning", _ => "note" };

    static JsonObject Invocation(Report report, SarifRules rules)
    {
        JsonObject invocation = new()
        {
            ["executionSuccessful"] = report.Run.Ending is "completed" or "interrupted",
            ["commandLine"] = Display.Clean($"{report.Tool.Name} {report.Run.Command} {string.Join(' ', report.Run.Arguments)}".TrimEnd()),
        };
        if (report.Run.Time is { Year: > 1 and < 9000 } time)
        {
            invocation["startTimeUtc"] = Time(time);
            if (report.Run.Seconds is >= 0 and < 1e9) invocation["endTimeUtc"] = Time(time.AddSeconds(report.Run.Seconds));
        }

        JsonArray executed = [];
        if (report.Run.Ending is not "completed")
            executed.Add(new JsonObject { ["level"] = report.Run.Ending == "interrupted" ? "warning" : "error", ["message"] = Text($"the run ended as {report.Run.Ending}{(report.Run.Message is { Length: > 0 } why ? ": " + why : "")}") });
        foreach (var check in report.Checks.Where(c => c.Verdict == "crashed"))
            executed.Add(new JsonObject { ["level"] = "error", ["message"] = Text($"the check {check.Code} {check.Name} crashed: {check.Why}"), ["associatedRule"] = rules.Reference(check.Code) });
        if (executed.Count > 0) invocation["toolExecutionNotifications"] = executed;

        JsonArray configured = [.. (report.Settings?.Limits ?? []).Select(l => new JsonObject
        {
            ["level"] = "note",
            ["message"] = Text($"{report.Settings!.File ?? "the project"} sets the limit {l.Limit} of {l.Check} to {Checks.Settings.Limit.Text(l.Value)}; the default is {Checks.Settings.Limit.Text(l.Default)}"),
        })];
        if (configured.Count > 0) invocation["toolConfigurationNotifications"] = configured;

        JsonArray disabled = [.. report.Checks.Where(c => c.Verdict == "ignored").Select(c => new JsonObject
        {
            ["descriptor"] = rules.Reference(c.Code),
            ["configuration"] = new JsonObject { ["enabled"] = false, ["properties"] = new JsonObject { ["why"] = Display.Clean(c.Why) } },
        })];
        if (disabled.Count > 0) invocation["ruleConfigurationOverrides"] = disabled;
        return invocation;
    }

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
