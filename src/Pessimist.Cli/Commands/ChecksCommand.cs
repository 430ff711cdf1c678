using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pessimist.Checks;
using Pessimist.Cli.Terminal;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist checks</c>: the catalogue.</summary>
sealed class ChecksCommand : ToolCommand
{
    static readonly JsonWriterOptions _indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Screen _screen;
    readonly Option<OutputFormat> _format = Choosing<OutputFormat>("--format", "a table, or JSON for scripts", [("text", OutputFormat.Text), ("json", OutputFormat.Json)]);

    public ChecksCommand(Screen screen) : base("checks", "list every check: code, level, name, and what it finds")
    {
        _screen = screen;
        Groups = [new OptionGroup("Output", [_format])];
        Examples = [new Example("pessimist checks --format json | jq -r '.checks[].code'", "every code")];
        AddGroups();
        SetAction(Run);
    }

    int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _screen.Out.WriteLine(Json(Catalog.Infos));
            return ExitCodes.Ok;
        }

        _screen.Out.Write(Text(Catalog.Infos));
        if (!CommonOptions.From(parsed).Quiet) _screen.Error.WriteLine("next: pessimist explain CODE");
        return ExitCodes.Ok;
    }

    static string Text(IReadOnlyList<CheckInfo> infos)
    {
        var text = new StringBuilder();
        var width = infos.Count == 0 ? 0 : infos.Max(i => i.Name.Length);
        foreach (var info in infos)
            text.Append(info.Code).Append("  ").Append(Word(info.Level).PadRight(9)).Append(info.Name.PadRight(width)).Append("  ").Append(info.Summary).Append('\n');
        return text.ToString();
    }

    static string Json(IReadOnlyList<CheckInfo> infos)
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
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    internal static string Word(Level level) => level.ToString().ToLowerInvariant();
}
