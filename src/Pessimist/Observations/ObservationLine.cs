using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pessimist.Observations;

/// <summary>
/// The wire format, one observation to and from one line: compact JSON, camel case, enums as kebab-case words, NaN and infinities
/// as the words "NaN", "Infinity", "-Infinity". A property that a line lacks keeps its default, so that records can grow.
/// </summary>
public static class ObservationLine
{
    // By reflection: generated code would set every init-only property, and a missing list would become null.
    static readonly JsonSerializerOptions _options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireParameters } },
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        AllowOutOfOrderMetadataProperties = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    public static string Write(Observation observation) => JsonSerializer.Serialize(observation, _options);

    /// <summary>Null for a kind that this version does not know, and for a line that was cut off or is not as the format says.</summary>
    public static Observation? Read(string line) => Read(Encoding.UTF8.GetBytes(line));

    /// <inheritdoc cref="Read(string)"/>
    public static Observation? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return HasNullElement(utf8) ? null : JsonSerializer.Deserialize<Observation>(utf8, _options);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A positional record needs its parameters, but for those that may be null: null is not written.</summary>
    static void RequireParameters(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false }) property.IsRequired = true;
    }

    /// <summary>No record holds null in a list; nullable annotations cannot say so to the deserializer.</summary>
    static bool HasNullElement(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var afterName = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null && !afterName) return true;
            afterName = reader.TokenType == JsonTokenType.PropertyName;
        }

        return false;
    }
}
