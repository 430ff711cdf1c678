using System.Globalization;

namespace Pessimist.Torch.Serialization;

/// <summary>Elements as the little-endian bytes that files hold.</summary>
static unsafe class TensorBytes
{
    const int Piece = 1 << 24;

    /// <summary>Bytes of a tensor of this shape; null where the number overflows or a size is negative.</summary>
    internal static long? Length(ReadOnlySpan<long> shape, DType dtype)
    {
        var count = (Int128)dtype.Size();
        foreach (var size in shape)
        {
            if (size < 0) return null;
            count *= size;
            if (count > long.MaxValue) return null;
        }
        return (long)count;
    }

    /// <summary>Reads a whole tensor.</summary>
    /// <param name="what">Names the tensor in the error.</param>
    internal static Tensor Read(Stream source, long[] shape, DType dtype, string what)
    {
        var tensor = Tensor.Empty(shape, dtype);
        try
        {
            using var held = new Tensor.Hold(tensor);
            var data = (byte*)held.Meta().Data;
            var length = Length(shape, dtype) ?? throw new TorchException($"{what} is larger than memory");
            for (var at = 0L; at < length;)
            {
                var read = source.Read(new Span<byte>(data + at, (int)Math.Min(Piece, length - at)));
                if (read == 0) throw new TorchException(string.Create(CultureInfo.InvariantCulture, $"{what} ends after {at} of {length} bytes"));
                at += read;
            }
            // Any byte may be in a file; kernels count on 0 and 1.
            for (var i = 0L; dtype == DType.Bool && i < length; i++) data[i] = data[i] == 0 ? (byte)0 : (byte)1;
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Writes the elements in row-major order.</summary>
    internal static void Write(Stream target, Tensor tensor)
    {
        using var scope = Scope.New();
        using var held = new Tensor.Hold(tensor.Detach().To(Device.Cpu).Contiguous());
        var meta = held.Meta();
        var length = meta.Numel * ((DType)meta.DType).Size();
        for (var at = 0L; at < length; at += Piece) target.Write(new ReadOnlySpan<byte>((byte*)meta.Data + at, (int)Math.Min(Piece, length - at)));
    }
}
