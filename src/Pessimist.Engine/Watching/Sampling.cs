using System.Diagnostics;

namespace Pessimist.Engine.Watching;

/// <summary>
/// Decides for each turn of the loop (what lies between two optimizer steps) how closely it is watched. What is dear is timed, and done less
/// often when it took more than its share. However dear it is, turns 1, 2, 4, 8 … are measured: that stops costing anything by itself.
/// </summary>
sealed class Sampling
{
    /// <summary>Seconds that the first turns may take, where everything is compiled and new.</summary>
    const double Grant = 0.25;
    const int MostBetweenRecords = 64;
    const int TimedEvery = 16;
    const int MostAlarms = 8;
    const int AlarmedTurns = 8;

    readonly ProbeOptions _options;
    readonly long _start = Stopwatch.GetTimestamp();
    double _spent;
    long _nextRecord;
    long _nextMeasure;
    double _gap = 1;
    double _cheap;
    int _alarms;
    long _measureUntil = -1;

    public Sampling(ProbeOptions options)
    {
        _options = options;
        Begin();
    }

    /// <summary>Turns so far.</summary>
    public long Turn { get; private set; }

    /// <summary>Record every move of this turn.</summary>
    public bool Records { get; private set; }

    /// <summary>Measure tensors in this turn.</summary>
    public bool Measures { get; private set; }

    /// <summary>Record every operation of this turn.</summary>
    public bool Traces { get; private set; }

    /// <summary>Record and check every operation, whatever it costs.</summary>
    public bool Deep => _options.TraceFrom <= Turn;

    /// <summary>The loop is young: everything is recorded.</summary>
    public bool IsNew => Turn < _options.RecordedSteps;

    /// <summary>Seconds spent so far in what is dear.</summary>
    public double Spent => _spent;

    /// <summary>All seconds spent so far, as far as they were measured or follow from measured ones.</summary>
    public double AllSpent => _spent + _cheap * TimedEvery;

    /// <summary>In this turn the time of everything is counted.</summary>
    public bool TimesAll { get; private set; }

    /// <summary>The budget allows for more that is dear.</summary>
    public bool CanAfford => _spent <= Grant + _options.Overhead * Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public void Next()
    {
        Turn++;
        Begin();
    }

    /// <summary>Something looks wrong: the next turns are measured.</summary>
    public void Alarm()
    {
        if (_alarms++ < MostAlarms) _measureUntil = Turn + AlarmedTurns;
    }

    public void AddCheap(double seconds, double spentBefore) => _cheap += Math.Max(0, seconds - (_spent - spentBefore));

    public void Add(long ticks) => _spent += ticks / (double)Stopwatch.Frequency;

    void Begin()
    {
        Traces = Deep || _options.TracedSteps.Contains(Turn) && (Turn < 2 || CanAfford);
        Measures = Turn < _options.MeasuredSteps || long.IsPow2(Turn) || Traces || Turn <= _measureUntil || _options.CheckFrom <= Turn || Turn >= _nextMeasure && CanAfford;
        if (Measures)
        {
            if (Turn >= _options.MeasuredSteps) _gap = Math.Min(_options.MeasureEvery, _gap * 1.5 + 1);
            _nextMeasure = Turn + (long)_gap;
        }

        TimesAll = Turn % TimedEvery == TimedEvery / 2;
        Records = IsNew || Measures || Turn >= _nextRecord;
        if (Records) _nextRecord = Turn + Math.Clamp(Turn / 100, 2, MostBetweenRecords);
    }
}
