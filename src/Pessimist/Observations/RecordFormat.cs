using System.Reflection;
using System.Text.Json;

namespace Pessimist.Observations;

/// <summary>
/// How one type of record is written and read: its fields in order, each with typed accessors made once from the properties. The
/// serializer's general path costs several times as much for a small record; what is no plain field is left to it.
/// </summary>
abstract class RecordFormat(string kind)
{
    public static ReadOnlySpan<byte> KindName => "kind"u8;

    protected static readonly Func<object, object> Clone =
        typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    public string Kind { get; } = kind;

    public abstract void Write(LineWriter line, object record);

    /// <summary>From the start of the object to its end; null when a value has the wrong type or a required one is missing.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public abstract object? Read(ref Utf8JsonReader reader);

    /// <summary>Has a field <c>step</c>, whether or not it is given.</summary>
    public abstract bool HasStep { get; }

    /// <summary>The training step that the record belongs to.</summary>
    public abstract long StepOf(object record);

    /// <summary>Fields that hold a measured number.</summary>
    public abstract int Numbers { get; }

    /// <summary>Null when the field is empty.</summary>
    public abstract double? NumberOf(object record, int number);

    /// <summary>Equal for records of one curve: same words from a fixed choice, same name, phase, split, metric, module, network, optimizer. The same in every process.</summary>
    public abstract ulong SeriesOf(object record);

    public static RecordFormat Of(Type record, string kind) => (RecordFormat)Activator.CreateInstance(typeof(RecordFormat<>).MakeGenericType(record), kind)!;
}

sealed class RecordFormat<T> : RecordFormat where T : class
{
    readonly byte[] _start;
    readonly Field<T>[] _fields;
    readonly ulong _required;
    readonly T _prototype = Prototype();
    readonly Field<T>? _step;
    readonly Field<T>[] _numbers;
    readonly Field<T>[] _series;

    /// <summary>Of a record inside of another.</summary>
    public static RecordFormat<T> Nested { get; } = new("");

    /// <param name="kind">Empty for a record inside of another.</param>
    public RecordFormat(string kind) : base(kind)
    {
        _start = kind.Length > 0 ? System.Text.Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind}\",") : "{"u8.ToArray();
        _fields = [.. ObservationLine.Options.GetTypeInfo(typeof(T)).Properties.Select(Field<T>.Of)];
        if (_fields.Length > 64) throw new NotSupportedException($"{typeof(T).Name} has {_fields.Length} properties; 64 is the most");
        if (kind.Length > 0 && _fields.Any(f => KindName.SequenceEqual(f.Name)))
            throw new NotSupportedException($"{typeof(T).Name}.Kind would be written under the name that tells records apart; give it another name");
        for (var i = 0; i < _fields.Length; i++)
            if (_fields[i].Required) _required |= 1UL << i;
        _step = _fields.FirstOrDefault(f => f.Role == FieldRole.Step);
        _numbers = [.. _fields.Where(f => f.Role == FieldRole.Number)];
        _series = [.. _fields.Where(f => f.Role == FieldRole.Series)];
    }

    public override bool HasStep => _step is not null;

    public override long StepOf(object record) => _step!.WholeOf((T)record);

    public override int Numbers => _numbers.Length;

    public override double? NumberOf(object record, int number) => _numbers[number].NumberOf((T)record);

    public override ulong SeriesOf(object record)
    {
        var hash = 14695981039346656037;
        foreach (var field in _series) hash = field.Hash((T)record, hash);
        return hash;
    }

    public override void Write(LineWriter line, object record)
    {
        WriteFields(line, (T)record);
        line.CloseObject();
    }

    /// <summary>The object without its end.</summary>
    public void WriteFields(LineWriter line, T record)
    {
        line.Raw(_start);
        foreach (var field in _fields) field.Write(line, record);
    }

    public override object? Read(ref Utf8JsonReader reader) => ReadRecord(ref reader);

    public T? ReadRecord(ref Utf8JsonReader reader)
    {
        var record = (T)Clone(_prototype);
        var missing = _required;
        var next = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var i = IndexOf(ref reader, next);
            reader.Read();
            if (i < 0)
            {
                reader.Skip();
                continue;
            }

            if (!_fields[i].Read(ref reader, record)) return null;
            missing &= ~(1UL << i);
            next = i + 1;
        }

        return missing == 0 ? record : null;
    }

    /// <summary>Fields mostly come in order: the search begins where the last one was.</summary>
    int IndexOf(ref Utf8JsonReader reader, int start)
    {
        for (var i = start; i < _fields.Length; i++)
            if (reader.ValueTextEquals(_fields[i].Name)) return i;
        for (var i = 0; i < start; i++)
            if (reader.ValueTextEquals(_fields[i].Name)) return i;
        return -1;
    }

    /// <summary>A record with every default: each record read is a copy of it with its fields set. What it holds is never changed, so it may be shared.</summary>
    static T Prototype()
    {
        var constructor = typeof(T).GetConstructors().OrderBy(c => c.GetParameters().Length).First();
        return (T)constructor.Invoke([.. constructor.GetParameters().Select(Default)]);
    }

    static object? Default(ParameterInfo parameter) =>
        parameter is { HasDefaultValue: true, DefaultValue: { } value } ? parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, value) : value
        : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType)
        : null;
}
