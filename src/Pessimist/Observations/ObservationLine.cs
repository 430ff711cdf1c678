using System.Collections.Frozen;
using System.Reflection;
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
    const int LongestKind = 64;

    // By reflection: generated code would set every init-only property, and a missing list would become null.
    internal static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireParameters } },
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    static readonly FrozenDictionary<Type, RecordFormat> s_byType = typeof(Observation).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToFrozenDictionary(k => k.DerivedType, k => RecordFormat.Of(k.DerivedType, (string)k.TypeDiscriminator!));

    static readonly FrozenDictionary<string, RecordFormat>.AlternateLookup<ReadOnlySpan<char>> s_byKind =
        s_byType.Values.ToFrozenDictionary(f => f.Kind, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    [ThreadStatic]
    static LineWriter? s_line;

    /// <summary>The word of each kind, with the record that has it.</summary>
    public static IEnumerable<(string Kind, Type Record)> Kinds => s_byType.Select(k => (k.Value.Kind, k.Key)).OrderBy(k => k.Kind, StringComparer.Ordinal);

    public static string KindOf(Observation observation) => FormatOf(observation).Kind;

    public static string Write(Observation observation) => Encoding.UTF8.GetString(Encode(observation));

    /// <summary>The line as UTF-8, without line feed; valid until this thread writes the next one.</summary>
    public static ReadOnlySpan<byte> Encode(Observation observation)
    {
        var format = FormatOf(observation);
        var line = s_line ??= new LineWriter();
        line.Reset();
        format.Write(line, observation);
        return line.Written;
    }

    /// <summary>Null for a kind that this version does not know, and for a line that was cut off or is not as the format says.</summary>
    public static Observation? Read(string line) => Read(Encoding.UTF8.GetBytes(line));

    /// <inheritdoc cref="Read(string)"/>
    public static Observation? Read(ReadOnlySpan<byte> utf8) => Read(utf8, out _);

    /// <param name="costly">The line looked like a record and was none: to find that out took an exception.</param>
    internal static Observation? Read(ReadOnlySpan<byte> utf8, out bool costly)
    {
        costly = false;
        utf8 = utf8.Trim(" \t\r\n"u8);
        if (utf8 is not [(byte)'{', .., (byte)'}']) return null;
        try
        {
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            if (FormatOf(reader) is not { } format || (utf8.IndexOf("null"u8) >= 0 && HasNullElement(utf8))) return null;
            var observation = (Observation?)format.Read(ref reader);
            // Whatever follows the object makes the reader throw.
            return observation is not null && !reader.Read() ? observation : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or InvalidOperationException)
        {
            costly = true;
            return null;
        }
    }

    internal static RecordFormat FormatOf(Observation observation) => s_byType.TryGetValue(observation.GetType(), out var format)
        ? format
        : throw new ArgumentException($"{observation.GetType().Name} has no kind: give it a line above {nameof(Observation)}");

    /// <summary>By the property <c>kind</c>, usually the first. The reader is a copy: the caller's stays where it is.</summary>
    static RecordFormat? FormatOf(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(RecordFormat.KindName);
            reader.Read();
            if (found)
            {
                if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > LongestKind) return null;
                Span<char> kind = stackalloc char[LongestKind];
                return s_byKind.TryGetValue(kind[..reader.CopyString(kind)], out var format) ? format : null;
            }

            reader.Skip();
        }

        return null;
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
