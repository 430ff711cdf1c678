using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace Pessimist.Torch.Serialization;

/// <summary>
/// The safetensors format of Hugging Face: a JSON header with names, dtypes, shapes and places, then the elements. Nothing
/// in it can run; what the header says is checked against the file before memory is taken for it.
/// </summary>
public static class Safetensors
{
    const int LargestHeader = 100_000_000; // the reference implementation's

    /// <summary>The tensors of a file by name.</summary>
    /// <exception cref="TorchException">The file cannot be read, or is not what it claims to be.</exception>
    public static Dictionary<string, Tensor> Read(string path) => Read(path, out _);

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="path">The file.</param>
    /// <param name="metadata">The file's own notes.</param>
    public static Dictionary<string, Tensor> Read(string path, out Dictionary<string, string> metadata)
    {
        using var file = Files.Open(path);
        var (entries, notes, start) = Header(file, path);
        metadata = notes;
        return Files.ReadAll(tensors =>
        {
            foreach (var entry in entries)
            {
                file.Position = start + entry.Begin;
                tensors.Add(entry.Name, TensorBytes.Read(file, entry.Shape, entry.DType, $"tensor '{entry.Name}' of '{path}'"));
            }
        });
    }

    /// <summary>Writes the tensors, largest elements first, so that each is aligned.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderByDescending(t => t.Value.DType.Size()).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
        var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }
            var at = 0L;
            var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
            foreach (var (name, tensor) in ordered)
            {
                if (!names.Add(name)) throw new TorchException($"the name '{name}' cannot be written to '{path}': it is taken");
                json.WriteStartObject(name);
                json.WriteString("dtype", ToName(tensor.DType));
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += tensor.Numel * tensor.DType.Size());
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0) header.WriteByte((byte)' ');
        Files.Replace(path, file =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            header.WriteTo(file);
            foreach (var (_, tensor) in ordered) TensorBytes.Write(file, tensor);
        });
    }

    sealed record Entry(string Name, DType DType, long[] Shape, long Begin, long End);

    static (List<Entry> Entries, Dictionary<string, string> Metadata, long Start) Header(FileStream file, string path)
    {
        TorchException Bad(string why) => new($"'{path}' is no safetensors file: {why}");
        Span<byte> eight = stackalloc byte[8];
        if (file.ReadAtLeast(eight, 8, throwOnEndOfStream: false) < 8) throw Bad("it is shorter than 8 bytes");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(eight);
        if (length > (ulong)Math.Min(LargestHeader, file.Length - 8))
        {
            throw Bad(string.Create(CultureInfo.InvariantCulture, $"its header claims {length} bytes, and the file has {file.Length}"));
        }
        var header = new byte[length];
        file.ReadExactly(header);
        var room = file.Length - 8 - (long)length;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<Entry>();
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw Bad("its header is no object");
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    if (property.Value.ValueKind != JsonValueKind.Object) throw Bad("its metadata is no object");
                    foreach (var note in property.Value.EnumerateObject()) metadata[note.Name] = note.Value.ToString();
                    continue;
                }
                entries.Add(Parse(property, path) ?? throw Bad($"the entry of tensor '{property.Name}' is malformed"));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: text that is no Unicode
        {
            throw Bad($"its header is no JSON ({e.Message})");
        }
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var at = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != at || entry.End < entry.Begin || entry.End > room)
            {
                throw Bad(string.Create(CultureInfo.InvariantCulture, $"tensor '{entry.Name}' lies at {entry.Begin} to {entry.End} where {at} is next and {room} the end"));
            }
            if (TensorBytes.Length(entry.Shape, entry.DType) != entry.End - entry.Begin)
            {
                throw Bad(string.Create(CultureInfo.InvariantCulture, $"tensor '{entry.Name}' of {entry.DType.Name()}[{string.Join(", ", entry.Shape)}] does not take {entry.End - entry.Begin} bytes"));
            }
            at = entry.End;
        }
        if (at != room) throw Bad(string.Create(CultureInfo.InvariantCulture, $"{room - at} bytes at its end belong to no tensor"));
        return (entries, metadata, 8 + (long)length);
    }

    static Entry? Parse(JsonProperty property, string path)
    {
        var value = property.Value;
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shape) || Numbers(shape) is not { } sizes
            || !value.TryGetProperty("data_offsets", out var offsets) || Numbers(offsets) is not [var begin, var end])
        {
            return null;
        }
        return new Entry(property.Name, FromName(dtype.GetString()!, property.Name, path), sizes, begin, end);
    }

    static long[]? Numbers(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > 64) return null;
        var numbers = new List<long>();
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0) return null;
            numbers.Add(number);
        }
        return [.. numbers];
    }

    static string ToName(DType dtype) => dtype switch
    {
        DType.Float64 => "F64",
        DType.Float32 => "F32",
        DType.Float16 => "F16",
        DType.BFloat16 => "BF16",
        DType.Int64 => "I64",
        DType.Int32 => "I32",
        DType.Int16 => "I16",
        DType.Int8 => "I8",
        DType.UInt8 => "U8",
        DType.Bool => "BOOL",
        _ => throw new TorchException($"safetensors has no name for {dtype.Name()}"),
    };

    static DType FromName(string name, string tensor, string path) => name switch
    {
        "F64" => DType.Float64,
        "F32" => DType.Float32,
        "F16" => DType.Float16,
        "BF16" => DType.BFloat16,
        "I64" => DType.Int64,
        "I32" => DType.Int32,
        "I16" => DType.Int16,
        "I8" => DType.Int8,
        "U8" => DType.UInt8,
        "BOOL" => DType.Bool,
        _ => throw new TorchException($"tensor '{tensor}' of '{path}' has dtype '{name}', which is not supported; use F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL"),
    };
}
