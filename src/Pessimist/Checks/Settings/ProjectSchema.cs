using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pessimist.Checks.Settings;

/// <summary>The JSON schema of <c>pessimist.json</c>, made from the catalogue and the limits of its checks.</summary>
public static class ProjectSchema
{
    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render()
    {
        JsonObject schema = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Settings of a project for Pessimist",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject
            {
                [ProjectFile.SchemaKey] = new JsonObject { ["type"] = "string" },
                [ProjectFile.SelectKey] = Checks("the checks to judge; all when left out"),
                [ProjectFile.IgnoreKey] = Checks("the checks whose findings are put aside; where a check is selected and ignored, the more precise word holds"),
                [ProjectFile.FailOnKey] = new JsonObject
                {
                    ["description"] = "exit 1 on findings of this level or above",
                    ["enum"] = new JsonArray([.. ProjectFile.Levels.Select(l => JsonValue.Create(l))]),
                    ["default"] = "error",
                },
                [ProjectFile.PerFileKey] = new JsonObject
                {
                    ["description"] = "checks whose findings about some files are put aside: path from this file with * and ?, then the checks",
                    ["type"] = "object",
                    ["additionalProperties"] = Checks(null),
                },
                [ProjectFile.LimitsKey] = Limits(),
            },
            ["$defs"] = new JsonObject { ["check"] = Check() },
        };
        return schema.ToJsonString(s_indented) + "\n";
    }

    static JsonObject Checks(string? description)
    {
        JsonObject checks = new() { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = "#/$defs/check" } };
        if (description is not null) checks.Insert(0, "description", description);
        return checks;
    }

    static JsonObject Check() => new()
    {
        ["description"] = "a check's name or code, the beginning of codes, or all",
        ["enum"] = new JsonArray(
        [
            JsonValue.Create(Selector.All),
            .. Catalog.Infos.SelectMany(i => new[] { i.Code[..3], i.Code[..4], i.Code[..5] }).Distinct().Order(StringComparer.Ordinal).Select(p => JsonValue.Create(p)),
            .. Catalog.Infos.SelectMany(i => new[] { i.Code, i.Name }).Select(n => JsonValue.Create(n)),
        ]),
    };

    static JsonObject Limits()
    {
        JsonObject checks = [];
        foreach (var info in Catalog.Infos.Where(i => Catalog.LimitsOf(i).Count > 0))
        {
            JsonObject limits = [];
            foreach (var limit in Catalog.LimitsOf(info))
            {
                JsonObject one = new() { ["description"] = limit.Meaning.Length > 0 ? $"{limit.Meaning} ({limit.OriginText})" : limit.OriginText, ["type"] = limit.IsWhole ? "integer" : "number", ["default"] = limit.Default };
                if (limit.Default >= 0) one["minimum"] = 0;
                limits[limit.Name] = one;
            }

            checks[info.Name] = new JsonObject { ["description"] = $"{info.Code}: {info.Summary}", ["type"] = "object", ["additionalProperties"] = false, ["properties"] = limits };
        }

        return new JsonObject { ["description"] = "limits of checks in place of their defaults", ["type"] = "object", ["additionalProperties"] = false, ["properties"] = checks };
    }
}
