using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Cli.Terminal;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist checks</c>: the catalogue.</summary>
sealed class ChecksCommand : ToolCommand
{
    static readonly JsonWriterOptions _indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Screen _screen;
    readonly Option<OutputFormat> _format = Choosing<OutputFormat>("--format", "a table, or JSON for scripts", [("text", OutputFormat.Text), ("json", OutputFormat.Json)]);

    readonly Option<bool> _schema = Flag("--schema", $"the JSON schema of {ProjectFile.FileName} in place of the list");
    readonly CheckOptions _checks = new();

    public ChecksCommand(Screen screen) : base("checks", "list every check: code, level, area, name, and what it finds")
    {
        _screen = screen;
        Groups = [_checks.Group, new OptionGroup("Output", [_format, _schema])];
        Examples =
        [
            new Example("pessimist checks --format json | jq -r '.checks[].code'", "every code"),
            new Example("pessimist checks --select PES3", "one band of codes"),
            new Example($"pessimist checks --schema > {ProjectFile.FileName[..^5]}.schema.json", $"what {ProjectFile.FileName} may hold, for an editor"),
        ];
        AddGroups();
        SetAction(Run);
    }

    int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_schema))
        {
            _screen.Out.Write(ProjectSchema.Render());
            return ExitCodes.Ok;
        }

        var settings = _checks.Read(parsed);
        // What was not selected is not shown; what is ignored is, and says so.
        CheckInfo[] shown = [.. Catalog.Infos.Where(i => settings.ExclusionOf(i) is not { Runs: false })];
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _screen.Out.WriteLine(Json(shown, settings));
            return ExitCodes.Ok;
        }

        _screen.Out.Write(Text(shown, settings));
        if (!CommonOptions.From(parsed).Quiet) _screen.Error.WriteLine(Pasted.Commands("next: pessimist explain CODE"));
        return ExitCodes.Ok;
    }

    static string Text(CheckInfo[] infos, CheckSettings settings)
    {
        var text = new StringBuilder();
        var width = infos.Length == 0 ? 0 : infos.Max(i => i.Name.Length);
        foreach (var info in infos)
            text.Append(info.Code).Append("  ").Append(Word(info.Level).PadRight(9)).Append(Catalog.AreaOf(info).PadRight(14)).Append(info.Name.PadRight(width)).Append("  ").Append(info.Summary).Append(settings.ExclusionOf(info) is { } excluded ? $" ({excluded.Why})" : "").Append('\n');
        return text.ToString();
    }

    static string Json(CheckInfo[] infos, CheckSettings settings)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, _indented))
        {
            json.WriteStartObject();
            json.WriteStartArray("checks");
            foreach (var info in infos)
            {
                json.WriteStartObject();
                json.WriteString("code", info.Code);
                json.WriteString("name", info.Name);
                json.WriteString("level", Word(info.Level));
                json.WriteString("summary", info.Summary);
                json.WriteString("area", Catalog.AreaOf(info));
                json.WriteString("since", info.Since);
                if (settings.ExclusionOf(info) is { } excluded) json.WriteString("ignored", excluded.Why);
                Limits(json, info, settings);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static void Limits(Utf8JsonWriter json, CheckInfo info, CheckSettings settings)
    {
        var limits = Catalog.LimitsOf(info);
        if (limits.Count == 0) return;
        json.WriteStartArray("limits");
        foreach (var limit in limits)
        {
            json.WriteStartObject();
            json.WriteString("name", limit.Name);
            json.WriteNumber("value", settings.Limits.TryGetValue(info.Name, out var set) && set.TryGetValue(limit.Name, out var value) ? value : limit.Default);
            json.WriteNumber("default", limit.Default);
            json.WriteString("origin", limit.OriginText);
            if (limit.Meaning.Length > 0) json.WriteString("meaning", limit.Meaning);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static string Word(Level level) => level.ToString().ToLowerInvariant();
}
