using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>The learning rates that one optimizer's steps were taken with. Memory is bounded: a rate that stays is one entry.</summary>
public sealed class RateHistory
{
    const int Most = 4096;

    /// <summary>From which step on which rate; one more entry only when the rate changed by more than a thousandth.</summary>
    readonly List<(long Step, double Rate)> _changes = [];

    public long First { get; private set; } = -1;
    public long Last { get; private set; } = -1;
    public int Seen { get; private set; }

    /// <summary>Rates of the first and the last step seen, and the highest.</summary>
    public double Start { get; private set; }
    public double Highest { get; private set; }
    public double Latest { get; private set; }
    public Site? Site { get; private set; }

    public void Add(LoopEvent step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.LearningRate is not { } signed || !double.IsFinite(signed)) return;
        // A step that climbs has a size, too.
        var rate = Math.Abs(signed);
        if (First < 0) (First, Start) = (step.Step, rate);
        Last = step.Step;
        Seen++;
        Highest = Math.Max(Highest, rate);
        Latest = rate;
        Site ??= step.Site;
        if (_changes.Count == 0 || _changes.Count < Most && Math.Abs(rate - _changes[^1].Rate) > 1e-3 * _changes[^1].Rate) _changes.Add((step.Step, rate));
    }

    /// <summary>The step after which the rate stays below a share of the highest to the end; null when it does not end below.</summary>
    public long? BelowFrom(double share)
    {
        if (Seen == 0 || Latest >= share * Highest) return null;
        var above = _changes.FindLastIndex(c => c.Rate >= share * Highest);
        return above + 1 < _changes.Count ? _changes[above + 1].Step : Last;
    }
}
