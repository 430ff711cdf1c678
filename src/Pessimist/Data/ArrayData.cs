namespace Pessimist.Data;

/// <summary>
/// N items of one shape, row-major: bytes as they came, or floats. An image's shape is [channels, height, width], a sequence's
/// [steps, features], a plain vector's [features].
/// </summary>
public sealed class ArrayData
{
    ArrayData(int[] shape, int count, string elementType)
    {
        Shape = shape;
        Count = count;
        ElementType = elementType;
        ItemLength = shape.Aggregate(1, (a, b) => checked(a * b));
    }

    public ArrayData(int[] shape, int count, byte[] bytes) : this(shape, count, "uint8")
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.LongLength, (long)count * ItemLength);
        Bytes = bytes;
    }

    public ArrayData(int[] shape, int count, float[] floats, string elementType = "float32") : this(shape, count, elementType)
    {
        ArgumentNullException.ThrowIfNull(floats);
        ArgumentOutOfRangeException.ThrowIfNotEqual(floats.LongLength, (long)count * ItemLength);
        Floats = floats;
    }

    public IReadOnlyList<int> Shape { get; }

    /// <summary>Sequences of different lengths, filled with zeros in front: the last feature is 1 for a step that is there, and 0 for one that is filling.</summary>
    public bool Padded { get; init; }

    public int Count { get; }

    public int ItemLength { get; }

    /// <summary>The element type in the file ("uint8", "float64", …).</summary>
    public string ElementType { get; }

    /// <summary>The items when they came as bytes, else null.</summary>
    public byte[]? Bytes { get; }

    /// <summary>The items when they did not come as bytes, else null.</summary>
    public float[]? Floats { get; }

    /// <summary>Writes one item as floats, unscaled.</summary>
    public void CopyItem(int row, Span<float> destination)
    {
        var start = row * (nint)ItemLength;
        if (Floats is not null)
            Floats.AsSpan((int)start, ItemLength).CopyTo(destination);
        else
            Widen(Bytes!.AsSpan((int)start, ItemLength), destination);
    }

    /// <summary>The same numbers under another shape of as many.</summary>
    public ArrayData Seen(int[] shape) => Bytes is not null ? new ArrayData(shape, Count, Bytes) : new ArrayData(shape, Count, Floats!, ElementType);

    /// <summary>The items given, in their order.</summary>
    public ArrayData Select(ReadOnlySpan<int> rows)
    {
        int[] shape = [.. Shape];
        if (Bytes is not null) return new ArrayData(shape, rows.Length, Pick(Bytes, rows));
        return new ArrayData(shape, rows.Length, Pick(Floats!, rows), ElementType) { Padded = Padded };
    }

    T[] Pick<T>(T[] all, ReadOnlySpan<int> rows)
    {
        var picked = new T[checked(rows.Length * ItemLength)];
        for (var i = 0; i < rows.Length; i++) Array.Copy(all, (long)rows[i] * ItemLength, picked, (long)i * ItemLength, ItemLength);
        return picked;
    }

    static void Widen(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < source.Length; i++) destination[i] = source[i];
    }
}
