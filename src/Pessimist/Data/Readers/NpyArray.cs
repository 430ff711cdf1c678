using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pessimist.Data.Readers;

/// <summary>One array in NumPy's NPY format (NEP 1). Object arrays, which are pickles, are refused.</summary>
sealed partial record NpyArray(int[] Shape, Elements? Numbers, double[]? Wide, string?[]? Texts)
{
    const int LongestHeader = 1 << 20;
    const int LongestText = 1 << 16;

    public int Count => Shape.Length == 0 ? 1 : Shape[0];

    /// <summary>Reads an array; <paramref name="bytesThere"/> is the most that can follow, so that a lying header takes no memory.</summary>
    /// <param name="wide">Keep float64 precision and integers exactly, for labels.</param>
    public static NpyArray Read(Stream stream, string source, long bytesThere, bool wide = false)
    {
        var start = new byte[12];
        ReadExactly(stream, start.AsSpan(0, 8), source);
        if (!start.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']))
            throw new PessimistException($"{source} is no NPY array", "save it with numpy.save or numpy.savez");
        var lengthBytes = start[6] == 1 ? 2 : 4;
        ReadExactly(stream, start.AsSpan(8, lengthBytes), source);
        var length = lengthBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8)) : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (length > LongestHeader) throw new PessimistException($"{source}: a header of {length} bytes is no NPY header", "save the array again");
        var header = new byte[length];
        ReadExactly(stream, header, source);
        return ReadElements(stream, Encoding.UTF8.GetString(header), source, bytesThere, wide);
    }

    static NpyArray ReadElements(Stream stream, string header, string source, long bytesThere, bool wide)
    {
        var description = Description().Match(header);
        var order = FortranOrder().Match(header);
        var sizes = Sizes().Match(header);
        if (header.Contains("'descr': [", StringComparison.Ordinal))
            throw new PessimistException($"{source} is a structured array", "save each field as an array of its own, or the table as CSV");
        if (!description.Success || !order.Success || !sizes.Success)
            throw new PessimistException($"{source}: the NPY header is not understood: {header.Trim()[..Math.Min(80, header.Trim().Length)]}", "save the array again");
        var type = description.Groups["type"].Value;
        if (type.Contains('O', StringComparison.Ordinal))
            throw new PessimistException($"{source} is an array of Python objects, which is a pickle: it can run any code when it is opened and is never read",
                "save numbers with array.astype('float32'), or text with array.astype(str)");

        Int128 product = 1;
        List<int> shape = [];
        foreach (var size in sizes.Groups["sizes"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var n))
                throw new PessimistException($"{source}: dimension '{size}' of the NPY header is no size", "save the array again");
            shape.Add(n);
            product *= n;
        }

        if (product == 0) throw new PessimistException($"{source} has shape ({string.Join(", ", shape)}) and holds nothing", "save an array with elements");
        var kind = type[1];
        if (!int.TryParse(type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var width) || !Known(kind, width))
            throw new PessimistException($"{source} has elements of type '{type}', which are not read", "save it with array.astype('float32')");
        var bytesEach = kind == 'U' ? 4 * width : width;
        if (product * bytesEach > bytesThere)
            throw new PessimistException($"{source} breaks off: its header announces ({string.Join(", ", shape)}) elements of {bytesEach} bytes, more than the file can hold", "save or fetch the file again");
        Limits.CheckFits((long)product, Math.Max(4, bytesEach), source);
        var count = (int)product;
        var big = type[0] == '>';
        var fortran = order.Groups["fortran"].Value == "True";
        int[] dimensions = [.. shape];
        if (kind is 'U' or 'S') return new NpyArray(dimensions, null, null, ReadTexts(stream, source, count, kind, bytesEach, big));
        if (!wide && kind == 'u' && width == 1)
        {
            var bytes = new byte[count];
            ReadExactly(stream, bytes, source);
            return new NpyArray(dimensions, new Elements(fortran ? FromFortran(bytes, dimensions) : bytes, null, "uint8"), null, null);
        }

        var name = (kind switch { 'f' => "float", 'i' => "int", 'u' => "uint", _ => "bool" }) + (kind == 'b' ? "" : (8 * width).ToString(CultureInfo.InvariantCulture));
        if (wide)
        {
            var numbers = new double[count];
            Decode(stream, source, kind, width, big, count, (i, v) => numbers[i] = v);
            return new NpyArray(dimensions, null, fortran ? FromFortran(numbers, dimensions) : numbers, null);
        }

        var floats = new float[count];
        Decode(stream, source, kind, width, big, count, (i, v) => floats[i] = (float)v);
        return new NpyArray(dimensions, new Elements(null, fortran ? FromFortran(floats, dimensions) : floats, name), null, null);
    }

    static bool Known(char kind, int width) => kind switch
    {
        'f' => width is 2 or 4 or 8,
        'i' or 'u' => width is 1 or 2 or 4 or 8,
        'b' => width == 1,
        'U' or 'S' => width is >= 0 and <= LongestText,
        _ => false,
    };

    static void Decode(Stream stream, string source, char kind, int width, bool big, int count, Action<int, double> put)
    {
        var buffer = new byte[width << 13];
        for (var done = 0; done < count;)
        {
            var now = Math.Min(1 << 13, count - done);
            var bytes = buffer.AsSpan(0, now * width);
            ReadExactly(stream, bytes, source);
            if (big && width > 1)
                for (var i = 0; i < now; i++) bytes.Slice(i * width, width).Reverse();
            for (var i = 0; i < now; i++) put(done + i, One(bytes[(i * width)..], kind, width));
            done += now;
        }
    }

    static double One(ReadOnlySpan<byte> at, char kind, int width) => (kind, width) switch
    {
        ('f', 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(at),
        ('f', 4) => BinaryPrimitives.ReadSingleLittleEndian(at),
        ('f', _) => BinaryPrimitives.ReadDoubleLittleEndian(at),
        ('i', 1) => (sbyte)at[0],
        ('i', 2) => BinaryPrimitives.ReadInt16LittleEndian(at),
        ('i', 4) => BinaryPrimitives.ReadInt32LittleEndian(at),
        ('i', _) => BinaryPrimitives.ReadInt64LittleEndian(at),
        ('u', 2) => BinaryPrimitives.ReadUInt16LittleEndian(at),
        ('u', 4) => BinaryPrimitives.ReadUInt32LittleEndian(at),
        ('u', 8) => BinaryPrimitives.ReadUInt64LittleEndian(at),
        _ => at[0],
    };

    static string?[] ReadTexts(Stream stream, string source, int count, char kind, int bytesEach, bool big)
    {
        var texts = new string?[count];
        var buffer = new byte[bytesEach];
        var encoding = kind == 'S' ? Encoding.Latin1 : new UTF32Encoding(big, byteOrderMark: false);
        for (var i = 0; i < count; i++)
        {
            ReadExactly(stream, buffer, source);
            var text = encoding.GetString(buffer).TrimEnd('\0');
            texts[i] = text.Length == 0 ? null : string.Intern(text);
        }

        return texts;
    }

    /// <summary>Column-major to row-major.</summary>
    static T[] FromFortran<T>(T[] source, int[] shape)
    {
        if (shape.Length < 2) return source;
        var moved = new T[source.Length];
        var strides = new int[shape.Length];
        for (int axis = 0, stride = 1; axis < shape.Length; stride *= shape[axis++]) strides[axis] = stride;
        var index = new int[shape.Length];
        for (int i = 0, from = 0; i < moved.Length; i++)
        {
            moved[i] = source[from];
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis]) break;
                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return moved;
    }

    static void ReadExactly(Stream stream, Span<byte> buffer, string source)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
            throw new PessimistException($"{source} breaks off before its end", "save or fetch the file again");
    }

    [GeneratedRegex(@"['""]descr['""]\s*:\s*['""](?<type>[<>|=][a-zA-Z]\d*)['""]")]
    internal static partial Regex Description();

    [GeneratedRegex(@"['""]fortran_order['""]\s*:\s*(?<fortran>True|False)")]
    internal static partial Regex FortranOrder();

    [GeneratedRegex(@"['""]shape['""]\s*:\s*\((?<sizes>[^)]*)\)")]
    internal static partial Regex Sizes();
}
