using System.Globalization;
using Pessimist.Torch.Native;

namespace Pessimist.Torch;

/// <summary>The kinds of device; the numbers are libtorch's <c>DeviceType</c>.</summary>
public enum DeviceType
{
    Cpu = 0,
    Cuda = 1,
    Meta = 14,
}

/// <summary>Where a tensor lives: <c>cpu</c>, <c>cuda:0</c>, or <c>meta</c> (shapes without data).</summary>
public readonly record struct Device(DeviceType Type, int Index = -1)
{
    public static Device Cpu => default(Device) with { Index = -1 };

    public static Device Meta => new(DeviceType.Meta);

    public static Device Cuda(int index = 0) => new(DeviceType.Cuda, index);

    /// <summary>CUDA devices libtorch can use; 0 where it was built without CUDA or finds no driver.</summary>
    public static int CudaCount
    {
        get
        {
            Shim.Check(Shim.pt_device_count((int)DeviceType.Cuda, out var count), "counting CUDA devices");
            return count;
        }
    }

    /// <summary>Fails where the device is not there.</summary>
    /// <exception cref="TorchException">libtorch was built without CUDA, finds no driver, or has fewer devices.</exception>
    public void Require()
    {
        if (Type != DeviceType.Cuda) return;
        var count = CudaCount;
        if (Math.Max(Index, 0) < count) return;
        throw new TorchException(count == 0
            ? $"{this} is not available: libtorch {Torch.Version} was built without CUDA or finds no driver; use cpu, or set LIBTORCH to a CUDA build"
            : string.Create(CultureInfo.InvariantCulture, $"{this} does not exist: the last of the {count} CUDA devices is cuda:{count - 1}"));
    }

    /// <summary>Reads <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c> or <c>meta</c>.</summary>
    /// <exception cref="TorchException">The text names no device.</exception>
    public static Device Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var index = -1;
        var valid = colon < 0 || int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out index);
        return (valid, name) switch
        {
            (true, "cpu") when index <= 0 => Cpu,
            (true, "cuda") when index < 128 => Cuda(Math.Max(index, 0)),
            (true, "meta") when index < 0 => Meta,
            _ => throw new TorchException($"'{text}' is no device; use 'cpu', 'cuda' or 'cuda:N'"),
        };
    }

    // libtorch reports the index of CPU tensors as -1 or 0 depending on how they were made.
    public bool Equals(Device other) =>
        Type == other.Type && (Type == DeviceType.Cuda ? Math.Max(Index, 0) == Math.Max(other.Index, 0) : true);

    public override int GetHashCode() => HashCode.Combine(Type, Type == DeviceType.Cuda ? Math.Max(Index, 0) : 0);

    public override string ToString() => Type switch
    {
        DeviceType.Cpu => "cpu",
        DeviceType.Cuda => string.Create(CultureInfo.InvariantCulture, $"cuda:{Math.Max(Index, 0)}"),
        DeviceType.Meta => "meta",
        _ => string.Create(CultureInfo.InvariantCulture, $"device{(int)Type}:{Index}"),
    };
}
