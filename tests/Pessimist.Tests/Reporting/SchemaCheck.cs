using System.Text.Json;

namespace Pessimist.Tests.Reporting;

/// <summary>The part of JSON Schema that the report's schema uses: type, enum, properties, required, items, additionalProperties, $ref.</summary>
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
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (schema.TryGetProperty("required", out var required))
                foreach (var name in required.EnumerateArray().Where(n => !value.TryGetProperty(n.GetString()!, out _))) yield return $"{path} lacks {name}";
            foreach (var property in value.EnumerateObject())
                if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property.Name, out var inner)
                    || schema.TryGetProperty("additionalProperties", out inner))
                    foreach (var violation in Check(property.Value, inner, root, $"{path}.{property.Name}")) yield return violation;
                else
                    yield return $"{path}.{property.Name} is not in the schema";
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            for (var i = 0; i < value.GetArrayLength(); i++)
                foreach (var violation in Check(value[i], items, root, $"{path}[{i}]")) yield return violation;
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
