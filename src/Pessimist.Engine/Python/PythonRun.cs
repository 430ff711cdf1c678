using System.Diagnostics;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Engine.Python;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">As a shell tells it: 128 and the signal's number for a program that was killed.</param>
/// <param name="Interrupted">The user asked to end.</param>
/// <param name="Observed">The probe said something.</param>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="Others">Other processes that trained and were not looked at.</param>
public sealed record ProgramEnding(int ExitCode, bool Interrupted, bool Observed, double Seconds, int Others)
{
    static readonly Dictionary<int, string> s_signals = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL", [11] = "SIGSEGV", [13] = "SIGPIPE",
        [14] = "SIGALRM", [15] = "SIGTERM",
    };

    public bool Failed => ExitCode != 0 && !Interrupted;

    /// <summary>For people, e.g. <c>exit code 1</c>.</summary>
    public string Words => s_signals.TryGetValue(ExitCode - 128, out var signal)
        ? $"killed by {signal}{(signal == "SIGKILL" ? " (out of memory, perhaps)" : "")}"
        : FormattableString.Invariant($"exit code {ExitCode}");
}

/// <summary>Runs a Python program under the probe and puts what it says into a run. The program goes its own way: its streams, signals and exit code are its own.</summary>
public static class PythonRun
{
    /// <summary>A process that the program left behind, and that says nothing for so long, is not waited for.</summary>
    static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1);

    /// <param name="run">Holds its <see cref="RunStarted"/>; the end is for the caller to write.</param>
    /// <param name="onInterrupt">Called when the user asks to end, on another thread.</param>
    /// <param name="limit">Then it is killed; null lets it run as long as it likes.</param>
    /// <param name="workingDirectory">Null for the tool's own.</param>
    public static async Task<ProgramEnding> Watch(PythonInterpreter python, PythonCommand command, Run run, PythonProbeOptions options, ProgramOutput output, Action? onInterrupt = null, TimeSpan? limit = null,
        string? workingDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        var observed = 0;
        await using var server = new ProbeServer(observation =>
        {
            observed = 1;
            run.Add(observation);
        });
        using var signals = new ProgramSignals(onInterrupt);
        using var process = PythonProcess.Start(python, command, server.Address, options, output, workingDirectory);
        var start = Stopwatch.GetTimestamp();
        signals.Watch(process.Id);
        using (var time = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan))
        using (time.Token.Register(() => process.Kill(entireProcessTree: true)))
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);

        signals.Watch(null);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await server.Drain(s_quiet).ConfigureAwait(false);
        return new ProgramEnding(process.ExitCode, signals.Interrupted, observed != 0, seconds, server.Others);
    }
}
