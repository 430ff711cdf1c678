namespace Pessimist.Engine.Python;

/// <summary>A program that is run again with something changed, two processes at a time, each in its own copy of the working directory where there can be one.</summary>
public sealed class TrialProgram(PythonInterpreter python, PythonCommand command, TrialFolder folder) : IDisposable
{
    /// <summary>Processes that run at the same time.</summary>
    public const int AtOnce = 2;

    readonly SemaphoreSlim _slots = new(AtOnce);
    readonly SortedSet<string> _outside = new(StringComparer.Ordinal);

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
        _slots.Wait(cancel);
        try
        {
            using var copy = folder.Copy();
            var seen = TrialProcess.Run(python, copy.Command(command), options with { Copy = copy.Root }, goOn, limit, cancel, copy.Path);
            lock (_outside) _outside.UnionWith(seen.End?.Wrote ?? []);
            return seen;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Trials of several recipes and seeds, in the order in which they were asked for.</summary>
    internal Task<TrialTranscript[]> RunAll(IEnumerable<PythonProbeOptions> options, CancellationToken cancel) =>
        Task.WhenAll(options.Select(o => Task.Run(() => Run(o, null, Timeout.InfiniteTimeSpan, cancel), cancel)));

    public void Dispose() => _slots.Dispose();
}
