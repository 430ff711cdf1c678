using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>What a tensor looks like. Call inside of a scope, without gradients.</summary>
static class Facts
{
    /// <summary>Elements above which statistics are not worth a copy.</summary>
    const long MostElements = 1 << 24;

    const ulong Prime = 0x100000001b3;
    const ulong Basis = 0xcbf29ce484222325;

    /// <summary>Shape and type alone.</summary>
    public static TensorFacts Outline(Tensor tensor, string? role = null, long? id = null) => new()
    {
        Shape = tensor.Shape,
        DType = tensor.DType.Name(),
        Device = tensor.Device is { Type: not DeviceType.Cpu } device ? device.ToString() : null,
        RequiresGrad = tensor.RequiresGrad,
        Leaf = tensor.IsLeaf,
        Role = role,
        Id = id,
    };

    public static TensorFacts Measure(Tensor tensor, string? role = null, long? id = null, bool hash = false)
    {
        var facts = Outline(tensor, role, id);
        if (tensor.Numel is 0 or > MostElements || OnProcessor(tensor) is not { } here) return facts;
        var moments = Scan(here);
        return facts with
        {
            Min = moments.Finite > 0 ? moments.Min : null,
            Max = moments.Finite > 0 ? moments.Max : null,
            Mean = moments.Finite > 0 ? moments.Mean : null,
            Std = moments.Finite > 0 ? moments.Std : null,
            NonFinite = moments.Count - moments.Finite,
            Zeros = (double)moments.Zeros / moments.Count,
            Whole = (double)moments.Whole / moments.Count,
            Hash = hash ? Text(Fnv(Bytes(here))) : null,
        };
    }

    /// <summary>A hash of each of the first rows.</summary>
    public static IReadOnlyList<string> RowHashes(Tensor tensor, int most)
    {
        if (tensor.Rank == 0 || tensor.Numel is 0 or > MostElements || OnProcessor(tensor) is not { } here) return [];
        var bytes = Bytes(here);
        var rows = (int)Math.Min(most, tensor.Size(0));
        var width = (int)(bytes.Length / tensor.Size(0));
        var hashes = new string[rows];
        for (var i = 0; i < rows; i++) hashes[i] = Text(Fnv(bytes.Slice(i * width, width)));
        return hashes;
    }

    /// <summary>A contiguous tensor on the processor, sharing memory where it can.</summary>
    public static Tensor? OnProcessor(Tensor tensor)
    {
        try
        {
            return tensor.Detach().To(Device.Cpu).Contiguous();
        }
        catch (TorchException)
        {
            // Sparse, on the meta device, or of a type that .NET has no name for: nothing to measure.
            return null;
        }
    }

    public readonly record struct Moments(long Count, long Finite, double Min, double Max, double Mean, double Std, long Zeros, long Whole);

    public static Moments Scan(Tensor here) => here.DType switch
    {
        DType.Float32 => Scan<float>(here.AsSpan<float>()),
        DType.Float64 => Scan<double>(here.AsSpan<double>()),
        DType.Int64 => Scan<long>(here.AsSpan<long>()),
        DType.Int32 => Scan<int>(here.AsSpan<int>()),
        DType.Int16 => Scan<short>(here.AsSpan<short>()),
        DType.Int8 => Scan<sbyte>(here.AsSpan<sbyte>()),
        DType.UInt8 => Scan<byte>(here.AsSpan<byte>()),
        DType.Bool => Scan<byte>(MemoryMarshal.AsBytes(here.AsSpan<bool>())),
        _ => Scan<double>(here.To(DType.Float64).AsSpan<double>()),
    };

    static Moments Scan<T>(ReadOnlySpan<T> values)
        where T : INumberBase<T>
    {
        long finite = 0, zeros = 0, whole = 0;
        double min = double.PositiveInfinity, max = double.NegativeInfinity, sum = 0, squares = 0, origin = double.NaN;
        foreach (var value in values)
        {
            var x = double.CreateTruncating(value);
            if (!double.IsFinite(x)) continue;
            // Around the first value, so that a large mean does not eat the deviation.
            if (finite++ == 0) origin = x;
            min = Math.Min(min, x);
            max = Math.Max(max, x);
            var d = x - origin;
            sum += d;
            squares += d * d;
            if (x == 0) zeros++;
            if (x == Math.Floor(x)) whole++;
        }

        if (finite == 0) return new(values.Length, 0, double.NaN, double.NaN, double.NaN, double.NaN, 0, 0);
        var mean = sum / finite;
        return new(values.Length, finite, min, max, origin + mean, Math.Sqrt(Math.Max(0, squares / finite - mean * mean)), zeros, whole);
    }

    static ReadOnlySpan<byte> Bytes(Tensor here) => here.DType switch
    {
        DType.Float32 => MemoryMarshal.AsBytes(here.AsSpan<float>()),
        DType.Float64 => MemoryMarshal.AsBytes(here.AsSpan<double>()),
        DType.Int64 => MemoryMarshal.AsBytes(here.AsSpan<long>()),
        DType.Int32 => MemoryMarshal.AsBytes(here.AsSpan<int>()),
        DType.Int16 => MemoryMarshal.AsBytes(here.AsSpan<short>()),
        DType.Int8 => MemoryMarshal.AsBytes(here.AsSpan<sbyte>()),
        DType.UInt8 => here.AsSpan<byte>(),
        DType.Bool => MemoryMarshal.AsBytes(here.AsSpan<bool>()),
        DType.Float16 => MemoryMarshal.AsBytes(here.AsSpan<Half>()),
        _ => MemoryMarshal.AsBytes(here.To(DType.Float64).AsSpan<double>()),
    };

    /// <summary>FNV-1a over words of 8 bytes: equal contents are told, nobody is fooled on purpose.</summary>
    static ulong Fnv(ReadOnlySpan<byte> bytes)
    {
        var hash = Basis ^ (ulong)bytes.Length;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            hash = (hash ^ word) * Prime;
            hash ^= hash >> 29;
        }

        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) hash = (hash ^ rest) * Prime;
        return hash;
    }

    static string Text(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);
}
