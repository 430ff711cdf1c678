using System.Runtime.InteropServices;

namespace Pessimist.Torch.Native;

enum Tag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    Device = 5,
    String = 6,
    IntList = 7,
    DoubleList = 8,
    BoolList = 9,
    TensorList = 10,
    Default = 11,
}

/// <summary>pt_value: a tagged value on its way across the boundary.</summary>
[StructLayout(LayoutKind.Sequential)]
struct NativeValue
{
    public int Tag;
    public int Count;
    public long Bits;
}

/// <summary>pt_meta: what a tensor is, without its elements.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct NativeMeta
{
    public long* Sizes;
    public long* Strides;
    public void* Data;
    public long Numel;
    public long Version;
    public int Rank;
    public int DType;
    public int DeviceType;
    public int DeviceIndex;
    public int Flags;
    public int Reserved;

    public const int RequiresGrad = 1;
    public const int Leaf = 2;
    public const int Contiguous = 4;
    public const int HasGrad = 8;
    public const int Strided = 16;
    public const int Inference = 32;
}

/// <summary>pt_script_watch: who is told while TorchScript runs.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct NativeScriptWatch
{
    public nint State;
    public delegate* unmanaged<nint, int, nint, nint, nint*, int> Module;
    public delegate* unmanaged<nint, byte*, byte*, NativeValue*, int, NativeValue*, int, void> Operator;
}
