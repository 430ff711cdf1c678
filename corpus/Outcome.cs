using System.Globalization;

namespace Pessimist.Corpus;

/// <summary>What programs measured at their end, as others would print it. Nothing is thrown: a program that an experiment has changed may well measure badly.</summary>
public static class Outcome
{
    [ThreadStatic]
    static List<Measurement>? t_measured;

    /// <summary>A metric that is good from <paramref name="bound"/> on upwards.</summary>
    public static void AtLeast(string metric, double value, double bound) => t_measured?.Add(new(metric, value, bound, value >= bound, ">="));

    /// <summary>A metric that is good up to <paramref name="bound"/>.</summary>
    public static void AtMost(string metric, double value, double bound) => t_measured?.Add(new(metric, value, bound, value <= bound, "<="));

    /// <summary>Runs a program and returns what it measured.</summary>
    public static IReadOnlyList<Measurement> Of(Action run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var measured = t_measured = [];
        try
        {
            run();
            return measured;
        }
        finally
        {
            t_measured = null;
        }
    }
}

/// <param name="Bound">What separates having learned from knowing nothing, or from being much worse than the program should be.</param>
/// <param name="IsGood">NaN is not.</param>
public sealed record Measurement(string Metric, double Value, double Bound, bool IsGood, string Sign)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Metric} {Value:G4} {(IsGood ? "" : "NOT ")}{Sign} {Bound:G4}");
}
