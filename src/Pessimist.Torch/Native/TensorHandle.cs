using System.Runtime.InteropServices;

namespace Pessimist.Torch.Native;

/// <summary>Owns one reference to a libtorch tensor.</summary>
sealed class TensorHandle : SafeHandle
{
    static long _live;

    internal static long Live => Interlocked.Read(ref _live);

    internal TensorHandle(nint owned)
        : base(0, ownsHandle: true)
    {
        SetHandle(owned);
        Interlocked.Increment(ref _live);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer; only meaningful between DangerousAddRef and DangerousRelease.</summary>
    internal nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        Shim.pt_release(handle);
        Interlocked.Decrement(ref _live);
        return true;
    }
}
