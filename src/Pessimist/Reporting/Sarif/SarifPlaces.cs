using System.Text.Json.Nodes;
using Pessimist.Checks;

namespace Pessimist.Reporting.Sarif;

/// <summary>Places in files as SARIF locations.</summary>
static class SarifPlaces
{
    /// <summary>What relative paths start from: the working directory, which a viewer takes for the root of the repository.</summary>
    public const string Base = "%SRCROOT%";

    public static JsonObject Location(Location at)
    {
        // Viewers show nothing without a line; the first one is that of the file as a whole.
        JsonObject region = new() { ["startLine"] = Math.Max(1, at.Line ?? 1) };
        if (at is { Line: not null, SourceColumn: { } column and > 0 })
        {
            region["startColumn"] = column;
            if (at.EndColumn is { } end && end > column) region["endColumn"] = end;
        }

        if (Snippet(at) is { } line) region["snippet"] = new JsonObject { ["text"] = Display.Clean(line) };
        JsonObject place = new() { ["artifactLocation"] = Artifact(at.File), ["region"] = region };
        if (at.Excerpt is { Lines.Count: > 1 } excerpt && Snippet(at) is not null)
            place["contextRegion"] = new JsonObject
            {
                ["startLine"] = excerpt.FirstLine,
                ["endLine"] = excerpt.FirstLine + excerpt.Lines.Count - 1,
                ["snippet"] = new JsonObject { ["text"] = string.Join('\n', excerpt.Lines.Select(Display.Clean)) },
            };
        JsonObject location = new() { ["physicalLocation"] = place };
        JsonArray logical = [];
        if (at.Function is { Length: > 0 } function) logical.Add(new JsonObject { ["fullyQualifiedName"] = Display.Clean(function), ["kind"] = "function" });
        if (at.Module is { Length: > 0 } module) logical.Add(new JsonObject { ["fullyQualifiedName"] = Display.Clean(module), ["kind"] = "module" });
        if (at.Column is { Length: > 0 } data) logical.Add(new JsonObject { ["fullyQualifiedName"] = Display.Clean(data), ["kind"] = "column" });
        if (logical.Count > 0) location["logicalLocations"] = logical;
        if (at.Label is { Length: > 0 } label) location["message"] = SarifReport.Text(label);
        return location;
    }

    public static string? Snippet(Location at) => at.Line is { } line ? at.Excerpt?.Line(line) : null;

    /// <summary>A path as a URI reference: relative ones from the base, others as <c>file:</c>.</summary>
    static JsonObject Artifact(string file)
    {
        var path = file.Replace('\\', '/');
        var isRooted = path.StartsWith('/') || path.Length > 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] == '/';
        var escaped = string.Join('/', path.TrimStart('/').Split('/').Select(Uri.EscapeDataString));
        if (isRooted) return new JsonObject { ["uri"] = "file:///" + escaped };
        return new JsonObject { ["uri"] = escaped.Length > 0 ? escaped : ".", ["uriBaseId"] = Base };
    }
}
