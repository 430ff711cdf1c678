using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pessimist.Torch.Watching;

/// <summary>
/// Processor time of the thread at hand: what the program and the probe really take, whatever else the machine does and however long the
/// program waits. Time on the wall where the system does not tell.
/// </summary>
public static partial class ThreadClock
{
    const int ThreadProcessorTime = 3;
    const double Nano = 1e-9;

    static readonly bool IsThere = Works();

    /// <summary>Seconds, from any point in time; comparable on one thread.</summary>
    public static double Seconds => IsThere && clock_gettime(ThreadProcessorTime, out var time) == 0
        ? time.Seconds + time.Nanoseconds * Nano
        : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    static bool Works()
    {
        try
        {
            return OperatingSystem.IsLinux() && clock_gettime(ThreadProcessorTime, out _) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    readonly struct Time
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
