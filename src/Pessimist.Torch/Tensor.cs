using System.Globalization;
using System.Runtime.InteropServices;
using Pessimist.Torch.Native;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch;

/// <summary>
/// A tensor of libtorch. Several <see cref="Tensor"/>s may name the same one or share memory, as views do. It belongs to the
/// <see cref="Scope"/> it was created in, if any, else it lives until disposed of or collected.
/// </summary>
public sealed unsafe partial class Tensor : IDisposable
{
    internal readonly TensorHandle Handle;

    /// <summary>The scope that disposes of this tensor.</summary>
    internal Scope? Owner;

    /// <summary>Takes over one reference.</summary>
    internal Tensor(nint owned)
    {
        Handle = new TensorHandle(owned);
        Owner = Scope.Current;
        Owner?.Add(this);
    }

    /// <summary>Frees the tensor, unless libtorch still needs it (for a gradient, or as the base of a view).</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>Whether it was disposed of; using it then throws.</summary>
    public bool IsDisposed => Handle.IsClosed;

    /// <summary>Two objects with the same number name the same tensor of libtorch. Given to another tensor once all of them are disposed of.</summary>
    public long Identity
    {
        get
        {
            using var held = new Hold(this);
            return held.Pointer;
        }
    }

    /// <summary>Takes the tensor out of every scope and returns it.</summary>
    public Tensor Keep() => Scope.Keep(this);

    // The sizes point into the tensor, so whoever reads them holds the handle meanwhile.
    TResult Read<TResult>(Func<NativeMeta, TResult> read)
    {
        using var held = new Hold(this);
        return read(held.Meta());
    }

    internal readonly ref struct Hold : IDisposable
    {
        readonly TensorHandle _handle;

        internal Hold(Tensor tensor)
        {
            _handle = tensor.Handle;
            var added = false;
            try
            {
                _handle.DangerousAddRef(ref added);
            }
            catch (ObjectDisposedException)
            {
                throw new ObjectDisposedException(nameof(Tensor), "the tensor is disposed; did its scope end?");
            }
        }

        internal nint Pointer => _handle.Pointer;

        internal NativeMeta Meta()
        {
            NativeMeta meta;
            Shim.Check(Shim.pt_describe(Pointer, &meta), "describing a tensor");
            return meta;
        }

        public void Dispose() => _handle.DangerousRelease();
    }

    /// <summary>The length of each dimension.</summary>
    public long[] Shape => Read(static m => new ReadOnlySpan<long>(m.Sizes, m.Rank).ToArray());

    /// <summary>Elements to step over for the next index, of each dimension.</summary>
    public long[] Strides => Read(static m => m.Strides is null
        ? throw new TorchException("a tensor that is not strided (sparse, say) has no strides")
        : new ReadOnlySpan<long>(m.Strides, m.Rank).ToArray());

    /// <summary>Number of dimensions.</summary>
    public int Rank => Read(static m => m.Rank);

    /// <summary>Number of elements.</summary>
    public long Numel => Read(static m => m.Numel);

    /// <summary>The type of the elements.</summary>
    public DType DType => Read(static m => (DType)m.DType);

    /// <summary>Where the elements are.</summary>
    public Device Device => Read(static m => new Device((DeviceType)m.DeviceType, m.DeviceIndex));

    /// <summary>Whether the elements lie in memory in the order of their indices.</summary>
    public bool IsContiguous => Read(static m => (m.Flags & NativeMeta.Contiguous) != 0);

    /// <summary>How often the tensor was changed in place; -1 for one made in inference mode.</summary>
    public long Version => Read(static m => m.Version);

    /// <summary>Address of the first element, by which views of one memory are told.</summary>
    public nint DataPointer => Read(static m => (nint)m.Data);

    /// <summary>The length of one dimension; negative ones count from the end.</summary>
    public long Size(int dimension)
    {
        using var held = new Hold(this);
        var meta = held.Meta();
        var index = dimension < 0 ? dimension + meta.Rank : dimension;
        if (index < 0 || index >= meta.Rank) throw new TorchException($"dimension {dimension} does not exist in {Describe()}");
        return meta.Sizes[index];
    }

    /// <summary>The elements themselves, without a copy. Valid only while the tensor lives and is not resized.</summary>
    /// <exception cref="TorchException">The tensor is not contiguous, not on the CPU, or of another dtype.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        using var held = new Hold(this);
        var meta = held.Meta();
        var dtype = DTypes.Of<T>();
        if ((DType)meta.DType != dtype) throw new TorchException($"a span of {typeof(T).Name} needs a tensor of {dtype.Name()}, not {Describe()}; convert it with To(DType.{dtype})");
        if (meta.DeviceType != (int)DeviceType.Cpu) throw new TorchException($"a span needs a tensor on the CPU, not {Describe()}; move it with To(Device.Cpu)");
        if ((meta.Flags & NativeMeta.Contiguous) == 0) throw new TorchException($"a span needs a contiguous tensor, and {Describe()} is not; use Contiguous()");
        if (meta.Numel > int.MaxValue) throw new TorchException($"{Describe()} has more elements than a span can hold");
        return new Span<T>(meta.Data, (int)meta.Numel);
    }

    /// <summary>A copy of the elements in row-major order, whatever the layout and device; the dtype must fit.</summary>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        if (DType != DTypes.Of<T>()) throw new TorchException($"an array of {typeof(T).Name} needs a tensor of {DTypes.Of<T>().Name()}, not {Describe()}; convert it with To(DType.{DTypes.Of<T>()})");
        using var scope = Scope.New();
        return Detach().To(Device.Cpu).Contiguous().AsSpan<T>().ToArray();
    }

    /// <summary>The only element, converted to <typeparamref name="T"/>.</summary>
    public T Item<T>()
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var value = ReadItem<T>();
        Watcher.Current?.Item(this, double.CreateTruncating(value));
        return value;
    }

    T ReadItem<T>()
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        if (Numel != 1) throw new TorchException($"Item needs exactly one element, and {Describe()} has {Numel.ToString(CultureInfo.InvariantCulture)}");
        using var held = new Hold(this);
        var meta = held.Meta();
        if (meta.DeviceType == (int)DeviceType.Cpu && meta.Data is not null)
        {
            return Convert<T>((DType)meta.DType, meta.Data);
        }
        using var scope = Scope.New();
        using var copy = new Hold(Detach().To(Device.Cpu));
        return Convert<T>((DType)meta.DType, copy.Meta().Data);
    }

    static T Convert<T>(DType dtype, void* p)
        where T : System.Numerics.INumberBase<T> => dtype switch
        {
            DType.Float32 => T.CreateTruncating(*(float*)p),
            DType.Float64 => T.CreateTruncating(*(double*)p),
            DType.Int64 => T.CreateTruncating(*(long*)p),
            DType.Int32 => T.CreateTruncating(*(int*)p),
            DType.Int16 => T.CreateTruncating(*(short*)p),
            DType.Int8 => T.CreateTruncating(*(sbyte*)p),
            DType.UInt8 => T.CreateTruncating(*(byte*)p),
            DType.Float16 => T.CreateTruncating(*(Half*)p),
            DType.BFloat16 => T.CreateTruncating((float)*(BFloat16*)p),
            DType.Bool => *(bool*)p ? T.One : T.Zero,
            _ => throw new TorchException($"an element of {dtype.Name()} has no counterpart in .NET"),
        };

    /// <summary>Dtype, shape and, off the CPU, device: <c>float32[32, 10] cuda:0</c>. Works on disposed tensors.</summary>
    public string Describe()
    {
        if (IsDisposed) return "a disposed tensor";
        try
        {
            var device = Device;
            return $"{DType.Name()}[{string.Join(", ", Shape)}]{(device.Type == DeviceType.Cpu ? "" : $" {device}")}";
        }
        catch (ObjectDisposedException)
        {
            return "a disposed tensor";
        }
        catch (TorchException)
        {
            return "a tensor of unknown shape";
        }
    }

    /// <summary>Shape, dtype, device and the first values.</summary>
    public override string ToString()
    {
        if (IsDisposed) return Describe();
        const int Most = 8;
        var text = $"{DType.Name()}[{string.Join(", ", Shape)}] {Device}{(RequiresGrad ? ", requires grad" : "")}";
        if (Device.Type == DeviceType.Meta) return text;
        using var scope = Scope.New();
        using var quiet = Autograd.NoGrad();
        var first = Reshape(-1).Narrow(0, 0, Math.Min(Numel, Most)).To(DType.Float64).ToArray<double>();
        return Numel == 0 ? text : $"{text}: {string.Join(" ", first.Select(x => x.ToString("G6", CultureInfo.InvariantCulture)))}{(Numel > Most ? " …" : "")}";
    }

    [UnmanagedCallersOnly]
    static void Unpin(nint state)
    {
        var handle = GCHandle.FromIntPtr(state);
        if (handle.Target is IDisposable pin) pin.Dispose();
        handle.Free();
    }
}
