using System.Runtime.InteropServices;

namespace Pessimist.Engine.Python;

/// <summary>
/// Signals while a program runs: they are the program's, and the tool stays to report. Ctrl-C in a terminal reaches both by itself; the second one ends the
/// program at once.
/// </summary>
sealed class ProgramSignals : IDisposable
{
    const int SigInt = 2, SigKill = 9, SigTerm = 15, SigHup = 1, SigQuit = 3, SigUsr1 = 10, SigUsr2 = 12;
    const int ReadOnlyNoTerminal = 0x100;

    readonly PosixSignalRegistration[] _registrations;
    readonly Lock _lock = new();
    readonly Action? _onFirst;
    int _program;
    int _count;

    /// <param name="onFirst">Called at the first signal that asks to end, on another thread.</param>
    public ProgramSignals(Action? onFirst)
    {
        _onFirst = onFirst;
        _registrations =
        [
            Create(PosixSignal.SIGINT, SigInt), Create(PosixSignal.SIGQUIT, SigQuit), Create(PosixSignal.SIGTERM, SigTerm), Create(PosixSignal.SIGHUP, SigHup),
            Pass((PosixSignal)SigUsr1, SigUsr1), Pass((PosixSignal)SigUsr2, SigUsr2),
        ];
    }

    /// <summary>Somebody asked to end.</summary>
    public bool Interrupted { get; private set; }

    /// <summary>The process that gets the signals; null once it has ended, as its number may then be another's.</summary>
    public void Watch(int? process)
    {
        lock (_lock) _program = process ?? 0;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    PosixSignalRegistration Pass(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Send(number);
    });

    PosixSignalRegistration Create(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Interrupted = true;
        var count = Interlocked.Increment(ref _count);
        if (count > 1)
        {
            Send(SigKill);
            return;
        }

        var fromTerminal = number is SigInt or SigQuit && IsForeground();
        if (!fromTerminal) Send(number);
        _onFirst?.Invoke();
    });

    void Send(int signal)
    {
        lock (_lock)
            if (_program > 0) _ = Kill(_program, signal);
    }

    /// <summary>The terminal sends Ctrl-C to every process of the group in its foreground: to send it again would be twice.</summary>
    static bool IsForeground()
    {
        var terminal = Open("/dev/tty", ReadOnlyNoTerminal);
        if (terminal < 0) return false;
        var isForeground = ForegroundGroup(terminal) == OwnGroup();
        _ = Close(terminal);
        return isForeground;
    }

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    static extern int Open(string path, int flags);

    [DllImport("libc", EntryPoint = "close")]
    static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "tcgetpgrp")]
    static extern int ForegroundGroup(int descriptor);

    [DllImport("libc", EntryPoint = "getpgrp")]
    static extern int OwnGroup();
}
