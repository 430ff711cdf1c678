using System.Diagnostics;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Watching;

/// <summary>
/// Decides for each turn of the loop (what lies between two optimizer steps) how closely it is watched. What is dear is timed, and done less
/// often when it took more than its share. However dear it is, a turn at each power of two is measured: that stops costing anything by itself.
/// </summary>
sealed class Sampling
{
    /// <summary>Seconds that the first turns may take beside the budget, where everything is compiled and new.</summary>
    const double MostGranted = 0.25;

    /// <summary>Seconds that may be taken after them beside the budget: a program that ends within a second is to be seen too.</summary>
    const double Start = 0.05;

    /// <summary>Turns between two that are recorded: as many as a hundredth of the turns so far, within these; more where the budget is spent.</summary>
    const int LeastBetweenRecords = 2;
    const int MostBetweenRecords = 64;
    const int BetweenUnaffordable = 256;

    /// <summary>Turns after which it is asked again whether the budget allows for more.</summary>
    const int AskEvery = 16;
    const int TimedEvery = 16;
    const int MostAlarms = 8;
    const int AlarmedTurns = 8;

    /// <summary>Share of the budget above which even what is cheap is too dear for every turn.</summary>
    const double CheapShare = 1.0 / 3;
    const int LeanFrom = 256;

    /// <summary>Seconds that anything cheap can take.</summary>
    const double MostCheap = 5e-6;

    static readonly double ClockSeconds = MeasureClock();

    readonly ProbeOptions _options;
    readonly HashSet<long> _traced;
    readonly double _start = ThreadClock.Seconds;
    double _spent;
    double _cheap;
    double _gap = 1;
    double _granted = MostGranted;
    long _nextRecord;
    long _nextMeasure;
    long _nextQuestion;
    long _measureUntil = -1;
    int _alarms;
    bool _economizes;

    public Sampling(ProbeOptions options)
    {
        _options = options;
        _traced = [.. options.TracedSteps];
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

    /// <summary>Steps are so short that single operators and inner modules are not even looked at in this turn.</summary>
    public bool IsLean { get; private set; }

    /// <summary>In this turn the time of everything is counted.</summary>
    public bool TimesAll { get; private set; }

    /// <summary>The loop is young: everything is recorded.</summary>
    public bool IsNew => Turn < _options.RecordedSteps;

    /// <summary>Seconds spent so far in what is dear.</summary>
    public double Spent => _spent;

    /// <summary>All seconds spent so far, as far as they were measured or follow from measured ones.</summary>
    public double AllSpent => _spent + _cheap * TimedEvery;

    /// <summary>The budget allows for more that is dear.</summary>
    public bool CanAfford => AllSpent <= _granted + _options.Overhead * Elapsed;

    double Elapsed => ThreadClock.Seconds - _start;

    public void Next()
    {
        Turn++;
        // What the first turns left of the grant is not there to be spent later.
        if (Turn == _options.RecordedSteps) _granted = Math.Min(MostGranted, AllSpent + Start);
        Begin();
    }

    /// <summary>Something looks wrong: the next turns are measured.</summary>
    public void Alarm()
    {
        if (_alarms++ < MostAlarms) _measureUntil = Turn + AlarmedTurns;
    }

    public void Add(double seconds) => _spent += seconds;

    public void AddCheap(double seconds, double spentBefore)
    {
        if (_spent > spentBefore) seconds -= _spent - spentBefore;
        // More than this is another program's turn on the processor.
        _cheap += Math.Clamp(seconds - ClockSeconds, 0, MostCheap);
    }

    void Begin()
    {
        Traces = _options.TraceFrom <= Turn || _traced.Contains(Turn) && (Turn < 2 || CanAfford);
        Measures = Traces || Turn < _options.MeasuredSteps || Turn <= _measureUntil || _options.CheckFrom <= Turn || IsCertain || IsDue();
        if (Measures)
        {
            if (Turn >= _options.MeasuredSteps) _gap = Math.Min(_options.MeasureEvery, _gap * 1.5 + 1);
            _nextMeasure = Turn + (long)_gap;
        }

        Records = IsNew || Measures || Turn >= _nextRecord;
        if (Records) _nextRecord = Turn + (CanAfford ? Math.Clamp(Turn / 100, LeastBetweenRecords, MostBetweenRecords) : BetweenUnaffordable);
        TimesAll = Turn % TimedEvery == TimedEvery / 2;
        if (!_economizes && Turn >= LeanFrom && long.IsPow2(Turn)) _economizes = _cheap * TimedEvery > CheapShare * _options.Overhead * Elapsed;
        IsLean = _economizes && !Records;
    }

    /// <summary>Measured whatever it costs: turns 1, 3, 4, 9, 16, 33 …, powers of two and every other time the turn after, so that of two optimizers that take turns
    /// both are.</summary>
    bool IsCertain => Turn > 0 && Turn == (1L << (int)long.Log2(Turn)) + long.Log2(Turn) % 2;

    bool IsDue()
    {
        if (Turn < _nextMeasure || Turn < _nextQuestion) return false;
        if (CanAfford) return true;
        _nextQuestion = Turn + AskEvery;
        return false;
    }

    static double MeasureClock()
    {
        var least = long.MaxValue;
        for (var i = 0; i < 100; i++) least = Math.Min(least, -Stopwatch.GetTimestamp() + Stopwatch.GetTimestamp());
        return least / (double)Stopwatch.Frequency;
    }
}
