using System.Diagnostics;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Engine.Watching;

/// <summary>Where the records go. A run that refuses one is a fault of the probe and none of the program.</summary>
sealed class Recording(Run run)
{
    const int MostFaults = 10;

    readonly long _start = Stopwatch.GetTimestamp();
    readonly HashSet<string> _faults = [];

    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>Records that did not reach the run.</summary>
    public long Dropped { get; private set; }

    /// <summary>Seconds since the probe was attached.</summary>
    public double Elapsed => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public void Add(Observation observation)
    {
        try
        {
            run.Add(observation with { At = Elapsed });
        }
#pragma warning disable CA1031 // Whatever the run's sink throws must not reach the program.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Dropped++;
            Fault(e);
        }
    }

    public void Fault(Exception fault)
    {
        if (_faults.Count < MostFaults) _faults.Add($"{fault.GetType().Name}: {fault.Message}");
    }
}
