using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pessimist.Observations;

/// <summary>Compact JSON into one growing buffer. Names come escaped and quoted; each value ends with a comma, which the end of the object takes back.</summary>
sealed class LineWriter : IBufferWriter<byte>
{
    const int KeptBytes = 1 << 20;
    const int LongestNumber = 32;

    /// <summary>What the serializer's default encoder leaves as it is, so that a line can stand in a page.</summary>
    static readonly SearchValues<char> s_plain =
        SearchValues.Create(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => !"\"&'+<>\\`".Contains(c, StringComparison.Ordinal)).ToArray());

    byte[] _buffer = new byte[4096];
    int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Reset()
    {
        _length = 0;
        if (_buffer.Length > KeptBytes) _buffer = new byte[4096];
    }

    public void StartObject()
    {
        Reserve(1);
        _buffer[_length++] = (byte)'{';
    }

    /// <summary>Of an object inside of another, whose value it ends.</summary>
    public void EndObject()
    {
        CloseObject();
        EndValue();
    }

    public void CloseObject()
    {
        if (_buffer[_length - 1] == ',') _buffer[_length - 1] = (byte)'}';
        else Raw("}"u8);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Value(long value)
    {
        Reserve(LongestNumber);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out var written);
        _length += written;
        EndValue();
    }

    public void Value(double value)
    {
        if (!double.IsFinite(value))
        {
            Raw(double.IsNaN(value) ? "\"NaN\","u8 : value > 0 ? "\"Infinity\","u8 : "\"-Infinity\","u8);
            return;
        }

        Reserve(LongestNumber);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out var written);
        _length += written;
        EndValue();
    }

    public void Value(string value)
    {
        Reserve(value.Length + 3);
        _buffer[_length++] = (byte)'"';
        if (value.AsSpan().ContainsAnyExcept(s_plain)) Raw(JsonEncodedText.Encode(Encoding.UTF8.GetBytes(value)).EncodedUtf8Bytes);
        else _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
        Reserve(2);
        _buffer[_length++] = (byte)'"';
        EndValue();
    }

    /// <summary>As the serializer writes it.</summary>
    public void Value<T>(T value, JsonTypeInfo<T> info)
    {
        using (var json = new Utf8JsonWriter(this, new JsonWriterOptions { SkipValidation = true })) JsonSerializer.Serialize(json, value, info);
        EndValue();
    }

    void EndValue()
    {
        Reserve(1);
        _buffer[_length++] = (byte)',';
    }

    void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _length + bytes));
    }

    void IBufferWriter<byte>.Advance(int count) => _length += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _buffer.AsMemory(_length);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _buffer.AsSpan(_length);
    }
}
