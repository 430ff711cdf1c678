using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pessimist.Observations;

/// <summary>What a field is when a long run is thinned.</summary>
enum FieldRole { None, Step, Number, Series }

/// <summary>One field of a record on the wire: an accessor for the property and the form of its value.</summary>
abstract class Field<T>(JsonPropertyInfo property)
{
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(property.Name);

    /// <summary>The name as it stands before a value.</summary>
    protected byte[] Label { get; } = Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(property.Name)}\":");

    public bool Required { get; } = property.IsRequired;

    public FieldRole Role { get; } = RoleOf(property.Name, System.Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);

    /// <summary>Writes nothing for null.</summary>
    public abstract void Write(LineWriter line, T record);

    /// <summary>False when the value is not of the field's type.</summary>
    public abstract bool Read(ref Utf8JsonReader reader, T record);

    /// <summary>Of a field that is a <see cref="FieldRole.Step"/>.</summary>
    public virtual long WholeOf(T record) => 0;

    /// <summary>Of a field that is a <see cref="FieldRole.Number"/>; null when it is empty.</summary>
    public virtual double? NumberOf(T record) => null;

    /// <summary>Of a field that tells series apart (FNV-1a, 64 bits).</summary>
    public virtual ulong Hash(T record, ulong hash) => hash;

    static FieldRole RoleOf(string name, Type type) =>
        name == "step" && type == typeof(long) ? FieldRole.Step
        : type == typeof(double) && name != "at" ? FieldRole.Number
        : type.IsEnum || (name is "name" or "phase" or "split" or "metric" or "module" or "model" or "optimizer" or "subject" && (type == typeof(string) || type == typeof(int))) ? FieldRole.Series
        : FieldRole.None;

    protected static ulong Mix(ulong hash, int value) => (hash ^ (uint)value) * 1099511628211;

    public static Field<T> Of(JsonPropertyInfo property)
    {
        var type = property.PropertyType;
        var nullable = Nullable.GetUnderlyingType(type) is not null;
        var value = Nullable.GetUnderlyingType(type) ?? type;
        var scalar = value.IsEnum ? typeof(EnumValue<>).MakeGenericType(value)
            : value == typeof(double) ? typeof(DoubleValue)
            : value == typeof(int) ? typeof(IntValue)
            : value == typeof(long) ? typeof(LongValue)
            : value == typeof(bool) ? typeof(BoolValue)
            : null;
        var field = scalar is not null ? (nullable ? typeof(NullableField<,,>) : typeof(ValueField<,,>)).MakeGenericType(typeof(T), value, scalar)
            : type == typeof(string) ? typeof(StringField<>).MakeGenericType(typeof(T))
            : IsPlainRecord(type) ? typeof(RecordField<,>).MakeGenericType(typeof(T), type)
            : typeof(OtherField<,>).MakeGenericType(typeof(T), type);
        return (Field<T>)Activator.CreateInstance(field, property)!;
    }

    static bool IsPlainRecord(Type type) =>
        type is { IsSealed: true, IsClass: true } && type.GetMethod("<Clone>$") is not null && ObservationLine.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object;
}

/// <summary>A field with typed accessors. A property without a setter is written and ignored when read.</summary>
abstract class Field<T, TValue> : Field<T>
{
    protected Field(JsonPropertyInfo property) : base(property)
    {
        var reflected = (PropertyInfo)property.AttributeProvider!;
        Get = reflected.GetMethod!.CreateDelegate<Func<T, TValue>>();
        Set = reflected.SetMethod?.CreateDelegate<Action<T, TValue>>() ?? ((_, _) => { });
        Nullable = property.IsSetNullable;
        Info = (JsonTypeInfo<TValue>)ObservationLine.Options.GetTypeInfo(typeof(TValue));
    }

    protected Func<T, TValue> Get { get; }
    protected Action<T, TValue> Set { get; }

    /// <summary>Null is a value of the field.</summary>
    protected bool Nullable { get; }

    protected JsonTypeInfo<TValue> Info { get; }
}

/// <summary>The form of a plain value.</summary>
interface IPlainValue<TValue>
{
    static abstract void Write(LineWriter line, TValue value);

    /// <summary>False for what is not in the usual form; the serializer then has the last word.</summary>
    static abstract bool TryRead(ref Utf8JsonReader reader, out TValue value);

    /// <summary>The same in every process.</summary>
    static abstract int Hash(TValue value);
}

sealed class ValueField<T, TValue, TPlain>(JsonPropertyInfo property) : Field<T, TValue>(property) where TValue : struct where TPlain : IPlainValue<TValue>
{
    public override void Write(LineWriter line, T record)
    {
        line.Raw(Label);
        TPlain.Write(line, Get(record));
    }

    public override long WholeOf(T record) => Get(record) is long whole ? whole : 0;

    public override double? NumberOf(T record) => Get(record) is double number ? number : null;

    public override ulong Hash(T record, ulong hash) => Mix(hash, TPlain.Hash(Get(record)));

    public override bool Read(ref Utf8JsonReader reader, T record)
    {
        Set(record, TPlain.TryRead(ref reader, out var value) ? value : JsonSerializer.Deserialize(ref reader, Info));
        return true;
    }
}

sealed class NullableField<T, TValue, TPlain>(JsonPropertyInfo property) : Field<T, TValue?>(property) where TValue : struct where TPlain : IPlainValue<TValue>
{
    public override void Write(LineWriter line, T record)
    {
        if (Get(record) is not { } value) return;
        line.Raw(Label);
        TPlain.Write(line, value);
    }

    public override long WholeOf(T record) => Get(record) is long whole ? whole : 0;

    public override double? NumberOf(T record) => Get(record) is double number ? number : null;

    public override ulong Hash(T record, ulong hash) => Mix(hash, Get(record) is { } value ? TPlain.Hash(value) : -1);

    public override bool Read(ref Utf8JsonReader reader, T record)
    {
        Set(record, TPlain.TryRead(ref reader, out var value) ? value : JsonSerializer.Deserialize(ref reader, Info));
        return true;
    }
}

sealed class StringField<T>(JsonPropertyInfo property) : Field<T, string?>(property)
{
    // Names repeat from record to record: the same string is given out again.
    string? _last;

    public override void Write(LineWriter line, T record)
    {
        if (Get(record) is not { } value) return;
        line.Raw(Label);
        line.Value(value);
    }

    public override ulong Hash(T record, ulong hash)
    {
        var value = Get(record) ?? "";
        foreach (var c in value) hash = Mix(hash, c);
        return Mix(hash, value.Length);
    }

    public override bool Read(ref Utf8JsonReader reader, T record)
    {
        if (reader.TokenType == JsonTokenType.Null && Nullable)
        {
            Set(record, null);
            return true;
        }

        if (reader.TokenType != JsonTokenType.String) return false;
        var value = _last;
        if (value is null || !reader.ValueTextEquals(value)) _last = value = reader.GetString()!;
        Set(record, value);
        return true;
    }
}

/// <summary>A record inside of another.</summary>
sealed class RecordField<T, TValue>(JsonPropertyInfo property) : Field<T, TValue?>(property) where TValue : class
{
    public override void Write(LineWriter line, T record)
    {
        if (Get(record) is not { } value) return;
        line.Raw(Label);
        RecordFormat<TValue>.Nested.WriteFields(line, value);
        line.EndObject();
    }

    public override bool Read(ref Utf8JsonReader reader, T record)
    {
        if (reader.TokenType == JsonTokenType.Null && Nullable)
        {
            Set(record, null);
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartObject || RecordFormat<TValue>.Nested.ReadRecord(ref reader) is not { } value) return false;
        Set(record, value);
        return true;
    }
}

/// <summary>Lists, dictionaries, dates: whatever the serializer knows.</summary>
sealed class OtherField<T, TValue>(JsonPropertyInfo property) : Field<T, TValue?>(property)
{
    public override void Write(LineWriter line, T record)
    {
        if (Get(record) is not { } value) return;
        line.Raw(Label);
        line.Value(value, Info!);
    }

    public override bool Read(ref Utf8JsonReader reader, T record)
    {
        if (reader.TokenType == JsonTokenType.Null && !Nullable) return false;
        var value = JsonSerializer.Deserialize(ref reader, Info!);
        if (value is System.Collections.IDictionary dictionary && dictionary.Values.Cast<object?>().Contains(null)) return false;
        Set(record, value);
        return true;
    }
}

readonly struct DoubleValue : IPlainValue<double>
{
    public static int Hash(double value) => value.GetHashCode();

    public static void Write(LineWriter line, double value) => line.Value(value);

    public static bool TryRead(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out value);
    }
}

readonly struct IntValue : IPlainValue<int>
{
    public static int Hash(int value) => value.GetHashCode();

    public static void Write(LineWriter line, int value) => line.Value(value);

    public static bool TryRead(ref Utf8JsonReader reader, out int value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value);
    }
}

readonly struct LongValue : IPlainValue<long>
{
    public static int Hash(long value) => value.GetHashCode();

    public static void Write(LineWriter line, long value) => line.Value(value);

    public static bool TryRead(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value);
    }
}

readonly struct BoolValue : IPlainValue<bool>
{
    public static int Hash(bool value) => value.GetHashCode();

    public static void Write(LineWriter line, bool value) => line.Raw(value ? "true,"u8 : "false,"u8);

    public static bool TryRead(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return value || reader.TokenType == JsonTokenType.False;
    }
}

/// <summary>An enum as its kebab-case word.</summary>
readonly struct EnumValue<TEnum> : IPlainValue<TEnum> where TEnum : struct, Enum
{
    static readonly (TEnum Value, byte[] Word, byte[] Quoted)[] s_words = [.. Enum.GetValues<TEnum>().Select(v => (v, Word(v, ""), Word(v, "\"")))];

    public static int Hash(TEnum value) => Array.FindIndex(s_words, w => EqualityComparer<TEnum>.Default.Equals(w.Value, value));

    public static void Write(LineWriter line, TEnum value)
    {
        foreach (var (known, _, quoted) in s_words)
            if (EqualityComparer<TEnum>.Default.Equals(known, value))
            {
                line.Raw(quoted);
                return;
            }

        throw new ArgumentOutOfRangeException(nameof(value), value, $"no {typeof(TEnum).Name}");
    }

    public static bool TryRead(ref Utf8JsonReader reader, out TEnum value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String) return false;
        foreach (var (known, word, _) in s_words)
            if (reader.ValueTextEquals(word))
            {
                value = known;
                return true;
            }

        return false;
    }

    static byte[] Word(TEnum value, string quote) =>
        Encoding.UTF8.GetBytes(quote + JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()) + quote + (quote.Length > 0 ? "," : ""));
}
