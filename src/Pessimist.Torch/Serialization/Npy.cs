using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pessimist.Torch.Serialization;

/// <summary>NumPy's format for one array. Arrays of Python objects are pickled, and never loaded.</summary>
public static partial class Npy
{
    const int LargestHeader = 1 << 16;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The tensor of a file.</summary>
    /// <exception cref="TorchException">The file cannot be read, or is not what it claims to be.</exception>
    public static Tensor Read(string path)
    {
        using var file = Files.Open(path);
        return Read(file, file.Length, $"'{path}'");
    }

    public static void Write(string path, Tensor tensor) => Files.Replace(path, file => Write(file, tensor, $"'{path}'"));

    /// <param name="available">Bytes that the stream can have; what the header claims beyond them is a lie.</param>
    /// <param name="what">Names the array in errors.</param>
    internal static Tensor Read(Stream stream, long available, string what)
    {
        TorchException Bad(string why) => new($"{what} is no NumPy array: {why}");
        Span<byte> start = stackalloc byte[12];
        if (stream.ReadAtLeast(start[..10], 10, throwOnEndOfStream: false) < 10 || !start[..6].SequenceEqual(Magic)) throw Bad("it does not begin with NumPy's mark");
        long length = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        var before = 10;
        if (start[6] is 2 or 3)
        {
            if (stream.ReadAtLeast(start[10..], 2, throwOnEndOfStream: false) < 2) throw Bad("its header is cut off");
            length = BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
            before = 12;
        }
        else if (start[6] != 1)
        {
            throw Bad(string.Create(CultureInfo.InvariantCulture, $"format version {start[6]} is unknown"));
        }
        if (length > LargestHeader) throw Bad(string.Create(CultureInfo.InvariantCulture, $"a header of {length} bytes is too long"));
        var bytes = new byte[length];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw Bad("its header is cut off");
        var header = Encoding.Latin1.GetString(bytes);
        var descr = Descr().Match(header);
        var order = Order().Match(header);
        var sizes = Sizes().Match(header);
        if (!descr.Success && header.Contains("'descr'", StringComparison.Ordinal)) throw new TorchException($"{what} has records for elements, which are not supported; save its columns apart");
        if (!descr.Success || !order.Success || !sizes.Success) throw Bad("its header lacks 'descr', 'fortran_order' or 'shape'");
        var dtype = FromDescr(descr.Groups[1].Value, what);
        var shape = Shape(sizes.Groups[1].Value) ?? throw Bad($"its shape ({sizes.Groups[1].Value}) is malformed");
        if (TensorBytes.Length(shape, dtype) is not { } wanted || wanted > available - before - length)
        {
            throw new TorchException(string.Create(CultureInfo.InvariantCulture, $"{what} claims {dtype.Name()}[{string.Join(", ", shape)}], which is more than its {available} bytes hold"));
        }
        if (order.Groups[1].Value == "False" || shape.Length < 2) return TensorBytes.Read(stream, shape, dtype, what);
        using var columns = TensorBytes.Read(stream, [.. shape.Reverse()], dtype, what);
        using var turned = columns.Permute([.. Enumerable.Range(0, shape.Length).Reverse().Select(i => (long)i)]);
        return turned.Contiguous();
    }

    internal static void Write(Stream stream, Tensor tensor, string what)
    {
        var shape = tensor.Shape;
        var tuple = shape.Length == 1 ? $"({shape[0].ToString(CultureInfo.InvariantCulture)},)" : $"({string.Join(", ", shape)})";
        var text = $"{{'descr': '{ToDescr(tensor.DType, what)}', 'fortran_order': False, 'shape': {tuple}, }}";
        var padded = (10 + text.Length + 1 + 63) / 64 * 64;
        Span<byte> start = stackalloc byte[10];
        Magic.CopyTo(start);
        start[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(start[8..], (ushort)(padded - 10));
        stream.Write(start);
        stream.Write(Encoding.Latin1.GetBytes(text.PadRight(padded - 11) + '\n'));
        TensorBytes.Write(stream, tensor);
    }

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex Descr();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex Order();

    [GeneratedRegex(@"'shape'\s*:\s*\(([0-9, ]*)\)")]
    private static partial Regex Sizes();

    static long[]? Shape(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > 64) return null;
        var shape = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i])) return null;
        }
        return shape;
    }

    static string ToDescr(DType dtype, string what) => dtype switch
    {
        DType.Float64 => "<f8",
        DType.Float32 => "<f4",
        DType.Float16 => "<f2",
        DType.Int64 => "<i8",
        DType.Int32 => "<i4",
        DType.Int16 => "<i2",
        DType.Int8 => "|i1",
        DType.UInt8 => "|u1",
        DType.Bool => "|b1",
        _ => throw new TorchException($"{what} cannot hold {dtype.Name()}, which NumPy lacks; convert it to float32 or use safetensors"),
    };

    static DType FromDescr(string descr, string what) => descr switch
    {
        "<f8" => DType.Float64,
        "<f4" => DType.Float32,
        "<f2" => DType.Float16,
        "<i8" => DType.Int64,
        "<i4" => DType.Int32,
        "<i2" => DType.Int16,
        "|i1" or "<i1" => DType.Int8,
        "|u1" or "<u1" => DType.UInt8,
        "|b1" or "<b1" => DType.Bool,
        "|O" or "O" => throw new TorchException($"{what} holds pickled Python objects, which are never loaded: they can run any code; save a plain array instead"),
        _ => throw new TorchException($"{what} has elements of type '{descr}', which is not supported; convert it to float32, float64, int64 or another little-endian type"),
    };
}
