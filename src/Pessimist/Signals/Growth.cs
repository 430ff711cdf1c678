namespace Pessimist.Signals;

/// <summary>
/// Does a measured size grow steadily? Looks at the lowest values of neighbouring stretches, so that what is freed again (by a collector, at the
/// end of an epoch) does not count, and leaves out the beginning, where caches fill. Values may come at any spacing.
/// </summary>
public sealed class Growth
{
    /// <summary>Values kept; when there are more, every other one is dropped.</summary>
    const int Most = 512;
    const int Stretches = 8;
    const int Fewest = 4;

    readonly List<(long Step, double Value)> _values = [];
    long _seen, _every = 1;

    public void Add(long step, double value)
    {
        if (_seen++ % _every != 0) return;
        _values.Add((step, value));
        if (_values.Count < Most) return;
        for (var i = _values.Count - 1; i > 0; i -= 2) _values.RemoveAt(i);
        _every *= 2;
    }

    public long LastStep => _values.Count == 0 ? 0 : _values[^1].Step;

    /// <summary>From the first to the last stretch after a step, without the first tenth of the run; null when there are too few values.</summary>
    public GrowthFacts? Since(long after) => _values.Count == 0 ? null : From(Math.Max(after, _values[0].Step + (LastStep - _values[0].Step) / 10));

    /// <summary>From the second step on: steady only when it grew at every step from the beginning.</summary>
    public GrowthFacts? Always() => From(1);

    GrowthFacts? From(long begin)
    {
        var late = _values.Where(v => v.Step >= begin).ToArray();
        if (late.Length < Fewest) return null;
        var lows = late.Length < 2 * Stretches ? late
            : [.. Enumerable.Range(0, Stretches).Select(i => late.Skip(i * (late.Length / Stretches)).Take(late.Length / Stretches).MinBy(v => v.Value))];
        var steps = lows[^1].Step - lows[0].Step;
        if (steps <= 0) return null;
        var slope = (lows[^1].Value - lows[0].Value) / steps;
        // What comes to a rest, as a process that warms up does, has a slope at the end far below the mean.
        var steady = slope > 0 && lows.Zip(lows.Skip(1)).All(p => p.Second.Step > p.First.Step && (p.Second.Value - p.First.Value) / (p.Second.Step - p.First.Step) >= slope * 2 / 3);
        return new GrowthFacts(lows[0].Value, lows[^1].Value, steps, steady);
    }
}

/// <param name="IsSteady">From each stretch to the next it grows, and nowhere at less than two thirds of the mean pace.</param>
public sealed record GrowthFacts(double From, double To, long Steps, bool IsSteady)
{
    public double PerStep => (To - From) / Steps;
}
