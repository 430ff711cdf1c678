using System.Diagnostics;
using Pessimist.Engine.Watching.Lines;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Watching;

/// <summary>
/// Watches a training program and records what it does: <c>using var probe = Probe.Attach(net, optimizer, run);</c> in the program itself,
/// or <see cref="Watch"/> around a program that knows nothing of it. The program computes bit for bit what it computes unwatched, and nothing
/// that fails in here reaches it.
/// </summary>
public sealed class Probe : IDisposable
{
    readonly ProgramWatcher _watcher;
    readonly IDisposable _lease;
    bool _ended;

    Probe(Run run, ProbeOptions options)
    {
        _watcher = new ProgramWatcher(run, options);
        _watcher.Session.Recording.Add(new ProgramStarted
        {
            Program = options.Program,
            Language = "csharp",
            Framework = $"libtorch {Torch.Torch.Version}",
            Arguments = options.Arguments,
            Unobserved = ["what other threads do, such as a loader that prepares batches ahead"],
        });
        _lease = Watcher.Watch(_watcher);
    }

    /// <summary>Watches a network and its optimizer on this thread until disposed of.</summary>
    public static Probe Attach(Module network, Optimizer optimizer, Run run, ProbeOptions? options = null) => Attach([network], [optimizer], run, options);

    /// <summary>Watches networks and optimizers on this thread until disposed of; those constructed later are found as well.</summary>
    public static Probe Attach(IReadOnlyList<Module> networks, IReadOnlyList<Optimizer> optimizers, Run run, ProbeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(networks);
        ArgumentNullException.ThrowIfNull(optimizers);
        ArgumentNullException.ThrowIfNull(run);
        var probe = new Probe(run, options ?? new());
        probe._watcher.Attach(networks, optimizers);
        return probe;
    }

    /// <summary>Runs a whole program under the probe. An exception that it throws is recorded and returned.</summary>
    public static WatchedProgram Watch(Action program, Run run, ProbeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(run);
        options ??= new();
        if (options.Program.Length == 0) options = options with { Program = CallStack.NameOf(program.Method) ?? "" };
        var start = Stopwatch.GetTimestamp();
        using var probe = new Probe(run, options);
        Exception? error = null;
        var output = Console.Out;
        Console.SetOut(new PrintedLines(output, probe._watcher.Printed));
        var watched = Console.Out;
        try
        {
            program();
        }
        catch (StopProgramException)
        {
            // An experiment has seen enough.
        }
#pragma warning disable CA1031 // The program's own exception is a result here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }
        finally
        {
            // A program that set another one keeps it.
            if (ReferenceEquals(Console.Out, watched)) Console.SetOut(output);
        }

        probe.End(error);
        var session = probe._watcher.Session;
        return new WatchedProgram(error, session.Step, Stopwatch.GetElapsedTime(start).TotalSeconds, session.Sampling.AllSpent, session.Recording.Faults);
    }

    /// <summary>Runs a program again to find where its first NaN or infinity comes from: every gradient is checked, and the program is stopped there.</summary>
    /// <param name="from">Optimizer steps that are surely fine, as a first run showed; the program must be deterministic for that.</param>
    /// <returns>Null when everything stays finite.</returns>
    public static NonFiniteFound? FindNonFinite(Action program, long from = 0)
    {
        NonFiniteFound? found = null;
        Watch(program, new Run((o, _) => found ??= o as NonFiniteFound is { Spread: true } spread ? spread : null), new ProbeOptions { CheckFrom = from, TracedSteps = [0, 1, from] });
        return found;
    }

    /// <summary>Stops watching. What failed last, and was not caught as far as can be seen, is recorded.</summary>
    public void Dispose() => End(_watcher.Failures.Last);

    void End(Exception? error)
    {
        if (_ended) return;
        _ended = true;
        _lease.Dispose();
        try
        {
            if (error is not null) _watcher.Failures.Record(error);
            _watcher.Finish(error is null ? 0 : 1);
        }
#pragma warning disable CA1031 // The program goes on after the probe, whatever became of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _watcher.Session.Recording.Fault(e);
        }
    }
}

/// <summary>How a watched program went.</summary>
/// <param name="Error">What it threw; null when it ended by itself.</param>
/// <param name="Steps">Optimizer steps taken.</param>
/// <param name="ProbeSeconds">Seconds of these that the probe took.</param>
/// <param name="Faults">What failed inside of the probe, a line each.</param>
public sealed record WatchedProgram(Exception? Error, long Steps, double Seconds, double ProbeSeconds, IReadOnlyList<string> Faults);
