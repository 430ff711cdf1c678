using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pessimist.Observations;

/// <summary>The wire format: compact JSON, camel case, enums as kebab-case words, NaN and infinities as the words "NaN", "Infinity", "-Infinity".</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    AllowOutOfOrderMetadataProperties = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Observation))]
sealed partial class ObservationJson : JsonSerializerContext;

/// <summary>One observation to and from one line.</summary>
public static class ObservationLine
{
    public static string Write(Observation observation) => JsonSerializer.Serialize(observation, ObservationJson.Default.Observation);

    /// <summary>Null for a kind that this version does not know, and for a line that was cut off.</summary>
    public static Observation? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ObservationJson.Default.Observation);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
