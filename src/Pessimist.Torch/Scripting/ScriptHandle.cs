using System.Runtime.InteropServices;
using Pessimist.Torch.Native;

namespace Pessimist.Torch.Scripting;

/// <summary>Owns a loaded TorchScript program.</summary>
sealed class ScriptHandle : SafeHandle
{
    internal ScriptHandle(nint owned)
        : base(0, ownsHandle: true) => SetHandle(owned);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Shim.pt_script_release(handle);
        return true;
    }
}
