using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pessimist.Reporting;

/// <summary>The report as JSON: stable, versioned, snake case, enums as kebab-case words, <c>null</c> for a number that is not finite.</summary>
public static class ReportJson
{
    static readonly JsonSerializerOptions _compact = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        Converters = { new FiniteNumber(), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    static readonly JsonSerializerOptions _indented = new(_compact)
    {
        // Written to files and terminals, never into a page: there the escaping encoder stays.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    public static string Render(Report report) => JsonSerializer.Serialize(report, _indented) + "\n";

    /// <summary>On one line, with <c>&lt; &gt; &amp; '</c> and everything beyond ASCII escaped, to stand inside HTML.</summary>
    internal static string ForHtml(Report report) => JsonSerializer.Serialize(report, _compact);

    /// <summary>The JSON schema of <see cref="Render"/>, made from the types.</summary>
    public static string Schema()
    {
        var schema = _indented.GetJsonSchemaAsNode(typeof(Report), new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = Describe,
        }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Pessimist report");
        return schema.ToJsonString(_indented) + "\n";
    }

    /// <summary>The exporter cannot see what <see cref="FiniteNumber"/> writes.</summary>
    static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        static JsonObject Number() => new() { ["type"] = new JsonArray("number", "null") };
        if (context.TypeInfo.Type == typeof(double) || context.TypeInfo.Type == typeof(double?)) return Number();
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Dictionary && context.TypeInfo.ElementType == typeof(double)) node["additionalProperties"] = Number();
        return node;
    }
}

/// <summary>JSON has no NaN and no infinities: they become null.</summary>
sealed class FiniteNumber : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override bool HandleNull => true;

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }
}
