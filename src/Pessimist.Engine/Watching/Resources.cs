using System.Diagnostics;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>Memory and time of the steps.</summary>
sealed class Resources(Session session, Passes passes, Traces traces)
{
    /// <summary>Turns after which the results of the first ones should be gone.</summary>
    const int Settled = 8;

    long _fetch;
    long _waited;
    long _turnBegan = Stopwatch.GetTimestamp();
    long _computed;
    int _steps;

    public void Fetch() => _fetch = Stopwatch.GetTimestamp();

    public void Fetched()
    {
        if (_fetch == 0) return;
        var now = Stopwatch.GetTimestamp();
        _waited += now - _fetch;
        // Computing begins with the batch.
        _turnBegan = now;
        _fetch = 0;
    }

    public void EndTurn()
    {
        var now = Stopwatch.GetTimestamp();
        _computed += now - _turnBegan;
        _turnBegan = now;
        _steps++;
        if (!session.Sampling.Measures) return;
        var seconds = 1.0 / Stopwatch.Frequency / _steps;
        session.Recording.Add(new StepTimed { Step = session.Step, Steps = _steps, Waiting = _waited * seconds, Computing = _computed * seconds });
        (_waited, _computed, _steps) = (0, 0, 0);
        session.Recording.Add(Measure());
    }

    IReadOnlyList<MemoryHolder> Holders()
    {
        if (session.Sampling.Turn < Settled) return [];
        var holders = traces.Leaks?.Alive() ?? [];
        var (first, last) = passes.GraphNodes;
        return first > 0 && last > 2 * first ? [new("operations in the graph behind the loss", last, 0, BackwardSite), .. holders] : holders;
    }

    /// <summary>Where backward was called last.</summary>
    public Site? BackwardSite { get; set; }

    MemoryMeasured Measure()
    {
        var cuda = session.Networks.All.SelectMany(session.Networks.ParametersOf).Select(p => p.Tensor).FirstOrDefault(t => !t.IsDisposed)?.Device is { Type: DeviceType.Cuda } device
            ? device : (Device?)null;
        return new MemoryMeasured
        {
            Step = session.Step,
            Resident = Environment.WorkingSet,
            Allocated = cuda is { } c ? Memory.CurrentBytes(c) : null,
            Peak = cuda is { } p ? Memory.PeakBytes(p) : null,
            Capacity = cuda is null ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : null,
            Tensors = Memory.LiveTensors,
            Holders = Holders(),
        };
    }
}
