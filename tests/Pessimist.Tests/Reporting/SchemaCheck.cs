using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pessimist.Tests.Reporting;

/// <summary>
/// The part of JSON Schema that the schemas of the tests use: type, enum, properties, required, items, additionalProperties, $ref, anyOf, oneOf,
/// minimum, maximum, minItems, uniqueItems, pattern, and the formats. Stricter in one thing: a property must be named unless the schema allows others.
/// </summary>
static class SchemaCheck
{
    public static IReadOnlyList<string> Violations(JsonElement value, JsonElement schema) => [.. Check(value, schema, schema, "$")];

    static IEnumerable<string> Check(JsonElement value, JsonElement schema, JsonElement root, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object) yield break;
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var target = root;
            foreach (var part in reference.GetString()!.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
                target = target.ValueKind == JsonValueKind.Array ? target[int.Parse(part, null)] : target.GetProperty(part);
            foreach (var violation in Check(value, target, root, path)) yield return violation;
            yield break;
        }

        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(t => Is(value, t))) yield return $"{path} is {value.ValueKind}, not {type}";
        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(a => JsonElement.DeepEquals(a, value))) yield return $"{path} is {value}, not one of {allowed}";
        foreach (var violation in Values(value, schema, path).Concat(Alternatives(value, schema, root, path))) yield return violation;
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (schema.TryGetProperty("required", out var required))
                foreach (var name in required.EnumerateArray().Where(n => !value.TryGetProperty(n.GetString()!, out _))) yield return $"{path} lacks {name}";
            // A schema of alternatives or of nothing but demands names no properties itself.
            if (!schema.TryGetProperty("properties", out _) && !schema.TryGetProperty("additionalProperties", out _)) yield break;
            foreach (var property in value.EnumerateObject())
                if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property.Name, out var inner)
                    || schema.TryGetProperty("additionalProperties", out inner) && inner.ValueKind != JsonValueKind.False)
                    foreach (var violation in Check(property.Value, inner, root, $"{path}.{property.Name}")) yield return violation;
                else
                    yield return $"{path}.{property.Name} is not in the schema";
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            for (var i = 0; i < value.GetArrayLength(); i++)
                foreach (var violation in Check(value[i], items, root, $"{path}[{i}]")) yield return violation;
    }

    static IEnumerable<string> Values(JsonElement value, JsonElement schema, string path)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            if (schema.TryGetProperty("minimum", out var least) && value.GetDouble() < least.GetDouble()) yield return $"{path} is {value}, below {least}";
            if (schema.TryGetProperty("maximum", out var most) && value.GetDouble() > most.GetDouble()) yield return $"{path} is {value}, above {most}";
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            if (schema.TryGetProperty("minItems", out var items) && value.GetArrayLength() < items.GetInt32()) yield return $"{path} has {value.GetArrayLength()} items, fewer than {items}";
            if (schema.TryGetProperty("uniqueItems", out var unique) && unique.GetBoolean() && value.EnumerateArray().Select(v => v.GetRawText()).Distinct().Count() < value.GetArrayLength())
                yield return $"{path} repeats an item";
        }

        if (value.ValueKind != JsonValueKind.String) yield break;
        var text = value.GetString()!;
        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!)) yield return $"{path} is {text}, not as {pattern}";
        if (schema.TryGetProperty("format", out var format) && !IsOfFormat(text, format.GetString()!)) yield return $"{path} is {text}, not a {format}";
    }

    static bool IsOfFormat(string text, string format) => format switch
    {
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _) && text.All(char.IsAscii),
        "uri-reference" => Uri.IsWellFormedUriString(text, UriKind.RelativeOrAbsolute),
        "date-time" => DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _) && text.Contains('T', StringComparison.Ordinal),
        "uuid" => Guid.TryParse(text, out _),
        _ => throw new InvalidOperationException($"the format {format} is not known here"),
    };

    static IEnumerable<string> Alternatives(JsonElement value, JsonElement schema, JsonElement root, string path)
    {
        if (schema.TryGetProperty("anyOf", out var any) && any.EnumerateArray().All(a => Check(value, a, root, path).Any())) yield return $"{path} is none of {any.GetArrayLength()} alternatives";
        if (schema.TryGetProperty("oneOf", out var one) && one.EnumerateArray().Count(a => !Check(value, a, root, path).Any()) != 1) yield return $"{path} is not exactly one of {one.GetArrayLength()} alternatives";
    }

    static IEnumerable<string> Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => value.ValueKind.ToString().Equals(type, StringComparison.OrdinalIgnoreCase),
    };
}
