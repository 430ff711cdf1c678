using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pessimist.Torch.Native;

namespace Pessimist.Torch;

public sealed unsafe partial class Tensor
{
    static readonly Operator _empty = new("aten::empty", "memory_format");
    static readonly Operator _zeros = new("aten::zeros");
    static readonly Operator _ones = new("aten::ones");
    static readonly Operator _full = new("aten::full");
    static readonly Operator _rand = new("aten::rand");
    static readonly Operator _randn = new("aten::randn");
    static readonly Operator _randint = new("aten::randint", "low");
    static readonly Operator _randperm = new("aten::randperm");
    static readonly Operator _arange = new("aten::arange", "start_step");
    static readonly Operator _linspace = new("aten::linspace");
    static readonly Operator _eye = new("aten::eye", "m");
    static readonly Operator _scalarTensor = new("aten::scalar_tensor");
    static readonly Operator _zerosLike = new("aten::zeros_like");
    static readonly Operator _onesLike = new("aten::ones_like");
    static readonly Operator _emptyLike = new("aten::empty_like");
    static readonly Operator _randnLike = new("aten::randn_like");
    static readonly Operator _fullLike = new("aten::full_like");

    /// <summary>A tensor with a copy of the elements, in row-major order.</summary>
    /// <param name="shape">Left out: one dimension.</param>
    public static Tensor From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ReadOnlySpan<long> sizes = shape.IsEmpty ? [values.Length] : shape;
        CheckCount(sizes, values.Length);
        var tensor = Empty(sizes.ToArray(), DTypes.Of<T>());
        values.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public static Tensor From<T>(T[] values, params ReadOnlySpan<long> shape)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>A tensor with a copy of the rows.</summary>
    public static Tensor From<T>(T[,] values)
        where T : unmanaged =>
        From(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length), values.GetLength(0), values.GetLength(1));

    /// <summary>A tensor of no dimension with one element.</summary>
    public static Tensor Scalar(double value, DType dtype = DType.Float32, Device? device = null) =>
        _scalarTensor.Call(value, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>A tensor over the array itself: what changes one changes the other. The array stays pinned while libtorch uses it.</summary>
    public static Tensor Wrap<T>(T[] values, params ReadOnlySpan<long> shape)
        where T : unmanaged => Wrap(values.AsMemory(), shape);

    /// <inheritdoc cref="Wrap{T}(T[], ReadOnlySpan{long})"/>
    public static Tensor Wrap<T>(Memory<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ReadOnlySpan<long> sizes = shape.IsEmpty ? [values.Length] : shape;
        CheckCount(sizes, values.Length);
        var dtype = DTypes.Of<T>();
        var pin = values.Pin();
        var state = GCHandle.Alloc(pin);
        fixed (long* p = sizes)
        {
            if (Shim.pt_from_memory(pin.Pointer, p, sizes.Length, (int)dtype, &Unpin, GCHandle.ToIntPtr(state), out var result) == 0)
            {
                return new Tensor(result);
            }
        }
        throw new TorchException($"wrapping {values.Length} elements of {dtype.Name()} failed: {Shim.Error()}");
    }

    static void CheckCount(ReadOnlySpan<long> shape, long count)
    {
        var wanted = 1L;
        foreach (var size in shape)
        {
            if (size < 0) throw new TorchException(string.Create(CultureInfo.InvariantCulture, $"a shape has no negative size, and [{string.Join(", ", shape.ToArray())}] has"));
            wanted = size == 0 || wanted == 0 ? 0 : Math.BigMul(wanted, size, out var low) == 0 && low >= 0 ? low : long.MaxValue;
        }
        if (wanted != count)
        {
            throw new TorchException(string.Create(CultureInfo.InvariantCulture, $"shape [{string.Join(", ", shape.ToArray())}] holds {wanted} elements, and {count} were given"));
        }
    }

    /// <summary>A tensor whose elements are whatever the memory held.</summary>
    public static Tensor Empty(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        _empty.Call(shape, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>Zeros of a shape.</summary>
    public static Tensor Zeros(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        _zeros.Call(shape, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>Ones of a shape.</summary>
    public static Tensor Ones(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        _ones.Call(shape, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>One number everywhere.</summary>
    public static Tensor Full(long[] shape, double value, DType dtype = DType.Float32, Device? device = null) =>
        _full.Call(shape, value, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>Uniform on [0, 1).</summary>
    public static Tensor Rand(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        _rand.Call(shape, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>Normal with mean 0 and variance 1.</summary>
    public static Tensor Randn(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        _randn.Call(shape, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>Uniform integers from <paramref name="low"/> to below <paramref name="high"/>.</summary>
    public static Tensor RandInt(long low, long high, long[] shape, DType dtype = DType.Int64, Device? device = null) =>
        _randint.Call(low, high, shape, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>0 to <paramref name="n"/> - 1 in random order.</summary>
    public static Tensor RandPerm(long n, Device? device = null) => _randperm.Call(n, DType.Int64, Value.None, device ?? Device.Cpu);

    /// <summary>0, 1, …, <paramref name="end"/> - 1.</summary>
    public static Tensor Arange(long end, DType dtype = DType.Int64, Device? device = null) => Arange(0, end, 1, dtype, device);

    /// <summary>From <paramref name="start"/> to below <paramref name="end"/>.</summary>
    public static Tensor Arange(double start, double end, double step = 1, DType dtype = DType.Float32, Device? device = null) =>
        _arange.Call(start, end, step, dtype, Value.None, device ?? Device.Cpu);

    /// <summary><paramref name="steps"/> values at equal distances, both ends among them.</summary>
    public static Tensor Linspace(double start, double end, long steps, DType dtype = DType.Float32, Device? device = null) =>
        _linspace.Call(start, end, steps, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>The identity matrix, or a slice of it.</summary>
    public static Tensor Eye(long rows, long? columns = null, DType dtype = DType.Float32, Device? device = null) =>
        _eye.Call(rows, columns ?? rows, dtype, Value.None, device ?? Device.Cpu);

    /// <summary>Zeros of the same shape, type and device.</summary>
    public Tensor ZerosLike() => _zerosLike.Call(this);

    /// <summary>Ones of the same shape, type and device.</summary>
    public Tensor OnesLike() => _onesLike.Call(this);

    /// <summary>Memory of the same shape, type and device, with anything in it.</summary>
    public Tensor EmptyLike() => _emptyLike.Call(this);

    /// <summary>Draws of the standard normal distribution, of the same shape, type and device.</summary>
    public Tensor RandnLike() => _randnLike.Call(this);

    /// <summary>One number everywhere, of the same shape, type and device.</summary>
    public Tensor FullLike(double value) => _fullLike.Call(this, value);
}
