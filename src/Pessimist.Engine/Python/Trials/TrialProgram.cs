namespace Pessimist.Engine.Python.Trials;

/// <summary>A program that is run again with something changed, two processes at a time, each in its own copy of the working directory where there can be one.</summary>
public sealed class TrialProgram(PythonInterpreter python, PythonCommand command, TrialFolder folder) : IDisposable
{
    /// <summary>Processes that run at the same time.</summary>
    public const int AtOnce = 2;

    readonly SemaphoreSlim _slots = new(AtOnce);
    readonly SemaphoreSlim _entrance = new(1);
    readonly SortedSet<string> _outside = new(StringComparer.Ordinal);

    int _begun;
    volatile bool _alone;

    public PythonInterpreter Python => python;
    public PythonCommand Command => command;
    public TrialFolder Folder => folder;

    /// <summary>Files outside of the working directory that trials opened for writing.</summary>
    public IReadOnlyList<string> Outside
    {
        get
        {
            lock (_outside) return [.. _outside];
        }
    }

    /// <param name="goOn">Asked every tenth step with the losses so far; false ends the trial.</param>
    /// <param name="limit">Longest time; then what was said until there counts.</param>
    internal TrialTranscript Run(PythonProbeOptions options, Func<IReadOnlyList<double>, double?, bool>? goOn, TimeSpan limit, CancellationToken cancel)
    {
        var (seen, wasAlone) = RunOnce(options, goOn, limit, _alone, cancel);
        if (seen.Look is { WorldSize: > 1 }) _alone = true;
        // Two at a time may want the same port, lock or memory.
        if (wasAlone || seen is not { Steps.Count: 0, ExitCode: not 0, TimedOut: false } || options.Recipe is { Count: > 0 } && !_alone) return seen;
        var (again, _) = RunOnce(options, goOn, limit, alone: true, cancel);
        if (again.Steps.Count > 0) _alone = true;
        return again;
    }

    (TrialTranscript Seen, bool WasAlone) RunOnce(PythonProbeOptions options, Func<IReadOnlyList<double>, double?, bool>? goOn, TimeSpan limit, bool alone, CancellationToken cancel)
    {
        var slots = alone ? AtOnce : 1;
        Enter(slots, cancel);
        try
        {
            var begun = Interlocked.Increment(ref _begun);
            var wasAlone = alone || _slots.CurrentCount == AtOnce - 1;
            using var copy = folder.Copy();
            var seen = TrialProcess.Run(python, copy.Command(command), options with { Copy = copy.Root }, goOn, limit, cancel, copy.Path);
            wasAlone &= Volatile.Read(ref _begun) == begun;
            lock (_outside) _outside.UnionWith(seen.End?.Wrote ?? []);
            return (seen, wasAlone);
        }
        finally
        {
            _slots.Release(slots);
        }
    }

    void Enter(int slots, CancellationToken cancel)
    {
        // One after the other, so that no two wait for what the other holds.
        _entrance.Wait(cancel);
        var held = 0;
        try
        {
            for (; held < slots; held++) _slots.Wait(cancel);
        }
        catch (OperationCanceledException)
        {
            if (held > 0) _slots.Release(held);
            throw;
        }
        finally
        {
            _entrance.Release();
        }
    }

    /// <summary>Trials of several recipes and seeds, in the order in which they were asked for.</summary>
    internal Task<TrialTranscript[]> RunAll(IEnumerable<PythonProbeOptions> options, CancellationToken cancel) =>
        Task.WhenAll(options.Select(o => Task.Run(() => Run(o, null, Timeout.InfiniteTimeSpan, cancel), cancel)));

    public void Dispose()
    {
        _slots.Dispose();
        _entrance.Dispose();
    }
}
