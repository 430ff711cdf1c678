using System.Diagnostics;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>Memory and time of the steps.</summary>
sealed class Resources(Session session)
{
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
        };
    }
}
