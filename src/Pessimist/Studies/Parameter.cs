using Pessimist.Observations;

namespace Pessimist.Studies;

/// <summary>A number to be tuned, with its range; searched on a log scale where only ratios matter.</summary>
public sealed record Parameter
{
    public Parameter(string name, double low, double high, bool log = false, bool integer = false)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low >= high)
            throw new PessimistException(FormattableString.Invariant($"the range {low}..{high} of '{name}' is empty; the low end must be below the high end"));
        if (log && low <= 0)
            throw new PessimistException(FormattableString.Invariant($"the range {low}..{high} of '{name}' cannot be searched on a log scale; the low end must be above 0"));
        (Name, Low, High, Log, Integer) = (name, low, high, log, integer);
    }

    public string Name { get; }

    public double Low { get; }

    public double High { get; }

    public bool Log { get; }

    public bool Integer { get; }

    public ParameterRange Range => new(Low, High, Log);

    /// <summary>From the range to 0..1.</summary>
    public double ToUnit(double value) => Log
        ? (Math.Log(value) - Math.Log(Low)) / (Math.Log(High) - Math.Log(Low))
        : (value - Low) / (High - Low);

    /// <summary>From 0..1 to the range; integers are rounded.</summary>
    public double FromUnit(double unit)
    {
        // The ends exactly: exp(log x) is not always x.
        if (unit <= 0) return Low;
        if (unit >= 1) return High;
        var value = Log ? Math.Exp(Math.Log(Low) + unit * (Math.Log(High) - Math.Log(Low))) : Low + unit * (High - Low);
        value = Math.Clamp(value, Low, High);
        return Integer ? Math.Round(value) : value;
    }
}
