using System.Runtime.InteropServices;

namespace Pessimist.Cli.Terminal;

/// <summary>Ctrl-C and SIGTERM: the first asks the work to stop and report, the second ends the process at once.</summary>
sealed class Interrupts : IDisposable
{
    readonly CancellationTokenSource _source = new();
    readonly PosixSignalRegistration[] _registrations;
    readonly Action _onFirst;
    int _count;

    /// <param name="onFirst">Tells the user; called on another thread.</param>
    public Interrupts(Action onFirst)
    {
        _onFirst = onFirst;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    public CancellationToken Token => _source.Token;

    public bool Happened => _source.IsCancellationRequested;

    void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
            ExitNow(ExitCodes.Interrupted);
        _onFirst();
        _source.Cancel();
    }

    // Not Environment.Exit: it waits for finalizers, and for native threads in the middle of a computation.
    [DllImport("libc", EntryPoint = "_exit")]
    static extern void ExitNow(int code);

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
