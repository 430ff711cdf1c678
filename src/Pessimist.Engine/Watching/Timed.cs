using System.Diagnostics;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Watching;

/// <summary>Counts what is dear as the probe's own time, until disposed of; once where one is inside of another.</summary>
readonly ref struct Timed
{
    readonly Session _session;
    readonly double _start;

    public Timed(Session session, bool on = true)
    {
        _session = session;
        if (!on || session.IsTimed) return;
        session.IsTimed = true;
        _start = ThreadClock.Seconds;
    }

    public void Dispose()
    {
        if (_start == 0) return;
        _session.Sampling.Add(ThreadClock.Seconds - _start);
        _session.IsTimed = false;
    }
}

/// <summary>Counts what is cheap, in some turns only: reading the clock costs as much as what it would measure.</summary>
readonly ref struct SometimesTimed
{
    readonly Sampling? _sampling;
    readonly long _start;
    readonly double _dear;

    public SometimesTimed(Session session)
    {
        if (!session.Sampling.TimesAll) return;
        _sampling = session.Sampling;
        (_start, _dear) = (Stopwatch.GetTimestamp(), _sampling.Spent);
    }

    public void Dispose() => _sampling?.AddCheap(Stopwatch.GetElapsedTime(_start).TotalSeconds, _dear);
}
