using Pessimist.Torch.Native;

namespace Pessimist.Torch;

/// <summary>
/// The time that this process spends inside libtorch's operators and backward passes, the crossing into native code included: what is left of
/// a step is the program's own. Costs two looks at a clock per call while it runs, and nothing otherwise.
/// </summary>
public static class OperatorClock
{
    /// <summary>Counts from zero.</summary>
    public static void Start() => Shim.pt_clock(1, out _);

    /// <summary>Stops counting.</summary>
    /// <returns>The time inside, of all threads together.</returns>
    public static TimeSpan Stop()
    {
        Shim.pt_clock(0, out var nanoseconds);
        return TimeSpan.FromMicroseconds(nanoseconds / 1e3);
    }
}
