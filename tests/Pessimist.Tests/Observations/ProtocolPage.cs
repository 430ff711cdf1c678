using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Tests.Observations;

/// <summary>The generated part of <c>docs/reference/protocol.md</c>: limits, every kind, and the objects inside of them, from the records and their comments.</summary>
static partial class ProtocolPage
{
    static readonly Dictionary<string, XElement> _comments = XDocument.Load(Path.ChangeExtension(typeof(Observation).Assembly.Location, "xml"))
        .Descendants("member").DistinctBy(m => m.Attribute("name")!.Value).ToDictionary(m => m.Attribute("name")!.Value);

    /// <summary>Fields that mean the same wherever they stand.</summary>
    static readonly Dictionary<string, string> _everywhere = new()
    {
        ["at"] = "Seconds since the run started; null where time says nothing.",
        ["step"] = "Optimizer steps completed before, over all optimizers.",
        ["phase"] = "Whether a backward pass follows.",
        ["site"] = "The line of the program.",
    };

    public static string Generate()
    {
        var page = new StringBuilder();
        Limits(page);
        page.Append("\n## Kinds\n\n");
        foreach (var (kind, record) in ObservationLine.Kinds)
            page.Append(CultureInfo.InvariantCulture, $"- [`{kind}`](#{kind}): {FirstSentence(Summary($"T:{record.FullName}"))}\n");
        var parts = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        foreach (var (kind, record) in ObservationLine.Kinds)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {kind}\n\n{Summary($"T:{record.FullName}")}\n\n");
            Fields(page, record, parts);
            page.Append(CultureInfo.InvariantCulture, $"\n```json\n{ObservationLine.Write((Observation)Examples.Of(record))}\n```\n");
        }

        page.Append("\n## Objects inside of records\n");
        HashSet<string> written = [];
        while (parts.FirstOrDefault(p => !written.Contains(p.Key)) is { Key: { } name, Value: { } type })
        {
            written.Add(name);
            var part = new StringBuilder();
            part.Append(CultureInfo.InvariantCulture, $"\n### {name}\n\n");
            if (Summary($"T:{type.FullName}") is { Length: > 0 } summary) part.Append(summary).Append("\n\n");
            Fields(part, type, parts);
            page.Append(part);
        }

        return page.ToString();
    }

    static void Limits(StringBuilder page) => page.Append(CultureInfo.InvariantCulture, $"""
        ## Limits

        | limit | value |
        |---|---|
        | length of a line; longer ones are skipped | {Feed.MaxLineBytes >> 20} MiB |
        | records of one kind kept whole while recording | {RunBudget.Recording.Records:N0}, or {RunBudget.Recording.Bytes >> 20} MiB of lines |
        | the same when a file is read | {RunBudget.Reading.Records:N0}, or {RunBudget.Reading.Bytes >> 20} MiB of lines |
        | lines held in memory, all kinds together; reading stops there | {Feed.MaxBytes >> 20} MiB |
        | lines that look like a record and are none; reading stops there | {Feed.MaxBroken:N0} |

        """);

    static void Fields(StringBuilder page, Type record, SortedDictionary<string, Type> parts)
    {
        page.Append("| field | type | default | meaning |\n|---|---|---|---|\n");
        var defaults = Defaults(record);
        foreach (var property in ObservationLine.Options.GetTypeInfo(record).Properties)
        {
            var type = TypeOf(property.PropertyType, parts);
            var initial = property.IsRequired ? "**required**"
                : property.Set is null ? "read only"
                : defaults[property.Name] is { } value && value.ToJsonString() is var text && text is not ("[]" or "{}" or "\"\"") ? $"`{text}`" : "";
            var meaning = Meaning(record, (PropertyInfo)property.AttributeProvider!) is { Length: > 0 } own ? own : _everywhere.GetValueOrDefault(property.Name, "");
            page.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {type} | {initial} | {meaning.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }
    }

    /// <summary>What the fields of a record are that were not given.</summary>
    static JsonObject Defaults(Type record)
    {
        var info = ObservationLine.Options.GetTypeInfo(record);
        var full = JsonSerializer.SerializeToNode(Examples.Of(record), info)!.AsObject();
        foreach (var property in info.Properties.Where(p => !p.IsRequired)) full.Remove(property.Name);
        return JsonSerializer.SerializeToNode(full.Deserialize(info), info)!.AsObject();
    }

    static string TypeOf(Type type, SortedDictionary<string, Type> parts)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return TypeOf(value, parts);
        if (type == typeof(string)) return "string";
        if (type == typeof(double)) return "number";
        if (type == typeof(int) || type == typeof(long)) return "integer";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(DateTimeOffset)) return "string, ISO 8601";
        if (type == typeof(byte[])) return "string, base64";
        if (type.IsEnum) return string.Join(", ", Enum.GetNames(type).Select(n => $"`{JsonNamingPolicy.KebabCaseLower.ConvertName(n)}`"));
        if (ObservationLine.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Dictionary } dictionary) return $"object: name to {TypeOf(dictionary.ElementType!, parts)}";
        if (ObservationLine.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Enumerable } list) return $"list of {TypeOf(list.ElementType!, parts)}";
        parts[type.Name] = type;
        return $"[{type.Name}](#{type.Name.ToLowerInvariant()})";
    }

    static string Meaning(Type record, PropertyInfo property) =>
        Summary($"P:{record.FullName}.{property.Name}") is { Length: > 0 } summary ? summary
        : _comments.TryGetValue($"T:{record.FullName}", out var comment) && comment.Elements("param").FirstOrDefault(p => p.Attribute("name")!.Value == property.Name) is { } parameter ? Text(parameter, $"P:{record.FullName}.")
        : "";

    static string Summary(string member) => _comments.TryGetValue(member, out var comment) && comment.Element("summary") is { } summary ? Text(summary, member) : "";

    static string Text(XElement element, string member) => Spaces().Replace(string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value.Replace("<", "&lt;", StringComparison.Ordinal),
        XElement { Name.LocalName: "see" } see => Name(see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? "", member),
        XElement { Name.LocalName: "paramref" } parameter => $"`{JsonNamingPolicy.CamelCase.ConvertName(parameter.Attribute("name")!.Value)}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement other => Text(other, member),
        _ => "",
    })), " ").Trim();

    /// <summary>A reference by the word it has on the wire.</summary>
    static string Name(string reference, string member)
    {
        var names = reference[(reference.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('.');
        var kinds = ObservationLine.Kinds.ToDictionary(k => k.Record.Name, k => k.Kind);
        if (!reference.StartsWith("P:", StringComparison.Ordinal)) return $"`{kinds.GetValueOrDefault(names[^1]) ?? names[^1]}`";
        var field = JsonNamingPolicy.CamelCase.ConvertName(names[^1]);
        return reference[..reference.LastIndexOf('.')] == member[..member.LastIndexOf('.')] ? $"`{field}`" : $"`{field}` of `{kinds.GetValueOrDefault(names[^2]) ?? names[^2]}`";
    }

    static string FirstSentence(string text) => text.Split(". ")[0].TrimEnd('.');

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
