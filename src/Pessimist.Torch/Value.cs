using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Pessimist.Torch.Native;

namespace Pessimist.Torch;

/// <summary>
/// An argument or result of an operator: nothing, a tensor, a number, a flag, a device, a string, or a list of one of
/// these. A dtype is a number. Converts implicitly from all of them.
/// </summary>
public readonly struct Value
{
    internal readonly Tag Tag;
    internal readonly object? Reference;
    internal readonly long Bits;

    Value(Tag tag, object? reference, long bits = 0) => (Tag, Reference, Bits) = (tag, reference, bits);

    /// <summary>An absent optional argument.</summary>
    public static Value None => default;

    /// <summary>Stands for the default that the operator's schema gives.</summary>
    public static Value Default => new(Tag.Default, null);

    public static implicit operator Value(Tensor? value) => new(value is null ? Tag.None : Tag.Tensor, value);

    public static implicit operator Value(long value) => new(Tag.Int, null, value);

    public static implicit operator Value(long? value) => value is { } v ? v : default(Value);

    public static implicit operator Value(double value) => new(Tag.Double, null, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Value(double? value) => value is { } v ? v : default(Value);

    public static implicit operator Value(bool value) => new(Tag.Bool, null, value ? 1 : 0);

    public static implicit operator Value(DType value) => new(Tag.Int, null, (long)value);

    public static implicit operator Value(DType? value) => value is { } v ? v : default(Value);

    public static implicit operator Value(Device value) => new(Tag.Device, null, ((long)value.Type << 32) | (uint)value.Index);

    public static implicit operator Value(Device? value) => value is { } v ? v : default(Value);

    public static implicit operator Value(string? value) => new(value is null ? Tag.None : Tag.String, value);

    public static implicit operator Value(long[]? value) => new(value is null ? Tag.None : Tag.IntList, value);

    public static implicit operator Value(double[]? value) => new(value is null ? Tag.None : Tag.DoubleList, value);

    public static implicit operator Value(bool[]? value) => new(value is null ? Tag.None : Tag.BoolList, value);

    /// <summary>A list of tensors; entries may be null where the operator takes optional ones.</summary>
    public static implicit operator Value(Tensor?[]? value) => new(value is null ? Tag.None : Tag.TensorList, value);

    public bool IsNone => Tag == Tag.None;

    public bool IsTensor => Tag == Tag.Tensor;

    public bool IsTensors => Tag == Tag.TensorList;

    public bool IsNumber => Tag is Tag.Int or Tag.Double;

    public bool IsFlag => Tag == Tag.Bool;

    /// <summary>The value as a tensor.</summary>
    /// <exception cref="TorchException">It is none.</exception>
    public Tensor AsTensor() => Reference as Tensor ?? throw Wrong("a tensor");

    public Tensor[] AsTensors() => Reference as Tensor[] ?? throw Wrong("a list of tensors");

    public long AsInt() => Tag == Tag.Int ? Bits : throw Wrong("an integer");

    public double AsDouble() => Tag switch
    {
        Tag.Double => BitConverter.Int64BitsToDouble(Bits),
        Tag.Int => Bits,
        _ => throw Wrong("a number"),
    };

    public bool AsBool() => Tag == Tag.Bool ? Bits != 0 : throw Wrong("a flag");

    public Device AsDevice() => Tag == Tag.Device ? new Device((DeviceType)(int)(Bits >> 32), (int)Bits) : throw Wrong("a device");

    public string AsString() => Reference as string ?? throw Wrong("a string");

    public long[] AsInts() => Reference as long[] ?? throw Wrong("a list of integers");

    public double[] AsDoubles() => Reference as double[] ?? throw Wrong("a list of numbers");

    public bool[] AsBools() => Reference as bool[] ?? throw Wrong("a list of flags");

    /// <summary>Whether it is a tensor, and which.</summary>
    public bool TryTensor(out Tensor tensor)
    {
        tensor = Tag == Tag.Tensor ? (Tensor)Reference! : null!;
        return Tag == Tag.Tensor;
    }

    /// <summary>Whether it is a list of tensors; entries may be null.</summary>
    public bool TryTensors(out Tensor?[] tensors)
    {
        tensors = Tag == Tag.TensorList ? (Tensor?[])Reference! : [];
        return Tag == Tag.TensorList;
    }

    /// <summary>Whether it is a list of integers.</summary>
    public bool TryInts(out long[] integers)
    {
        integers = Tag == Tag.IntList ? (long[])Reference! : [];
        return Tag == Tag.IntList;
    }

    /// <summary>Whether it is an integer or a floating-point number.</summary>
    public bool TryNumber(out double number)
    {
        number = Tag is Tag.Double or Tag.Int ? AsDouble() : 0;
        return Tag is Tag.Double or Tag.Int;
    }

    TorchException Wrong(string wanted) => new($"the value is not {wanted} but {this}");

    /// <summary>Bytes outside the value itself that its native form needs.</summary>
    internal int ScratchBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Tag < Tag.String ? 0 : ListBytes();
    }

    int ListBytes() => Tag switch
    {
        Tag.String => (Encoding.UTF8.GetByteCount((string)Reference!) + 8) & ~7,
        Tag.IntList => checked(((long[])Reference!).Length * 8),
        Tag.DoubleList => checked(((double[])Reference!).Length * 8),
        Tag.BoolList => (((bool[])Reference!).Length + 8) & ~7,
        Tag.TensorList => checked(((Tensor?[])Reference!).Length * 8),
        _ => 0,
    };

    internal static unsafe Value FromNative(in NativeValue native)
    {
        var tag = (Tag)native.Tag;
        switch (tag)
        {
            case Tag.None: return default;
            case Tag.Tensor: return new Tensor((nint)native.Bits);
            case Tag.Int or Tag.Double or Tag.Bool: return new Value(tag, null, native.Bits);
            case Tag.Device: return new Device((DeviceType)native.Count, (int)native.Bits);
        }
        var memory = (void*)native.Bits;
        try
        {
            switch (tag)
            {
                case Tag.String: return Encoding.UTF8.GetString((byte*)memory, native.Count);
                case Tag.IntList: return new ReadOnlySpan<long>(memory, native.Count).ToArray();
                case Tag.DoubleList: return new ReadOnlySpan<double>(memory, native.Count).ToArray();
                case Tag.BoolList: return new ReadOnlySpan<bool>(memory, native.Count).ToArray();
                case Tag.TensorList:
                    var tensors = new Tensor[native.Count];
                    for (var i = 0; i < tensors.Length; i++)
                    {
                        var pointer = ((nint*)memory)[i];
                        tensors[i] = pointer == 0 ? null! : new Tensor(pointer);
                    }
                    return tensors;
                default: throw new TorchException($"libtorch returned a value of unknown tag {native.Tag}");
            }
        }
        finally
        {
            Shim.pt_free((nint)memory);
        }
    }

    /// <summary>Short and safe to call on disposed tensors: it appears in error messages.</summary>
    public override string ToString() => Tag switch
    {
        Tag.None => "none",
        Tag.Default => "default",
        Tag.Tensor => ((Tensor)Reference!).Describe(),
        Tag.Int => Bits.ToString(CultureInfo.InvariantCulture),
        Tag.Double => BitConverter.Int64BitsToDouble(Bits).ToString("R", CultureInfo.InvariantCulture),
        Tag.Bool => Bits != 0 ? "true" : "false",
        Tag.Device => AsDevice().ToString(),
        Tag.String => $"\"{Reference}\"",
        Tag.IntList => List((long[])Reference!, x => x.ToString(CultureInfo.InvariantCulture)),
        Tag.DoubleList => List((double[])Reference!, x => x.ToString("R", CultureInfo.InvariantCulture)),
        Tag.BoolList => List((bool[])Reference!, x => x ? "true" : "false"),
        Tag.TensorList => List((Tensor?[])Reference!, x => x?.Describe() ?? "none"),
        _ => "?",
    };

    static string List<T>(T[] items, Func<T, string> text) =>
        items.Length <= 8
            ? $"[{string.Join(", ", items.Select(text))}]"
            : string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", items.Take(8).Select(text))}, … {items.Length} in all]");
}
