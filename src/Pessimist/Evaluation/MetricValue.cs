namespace Pessimist.Evaluation;

/// <summary>A metric on <paramref name="Count"/> examples, with its interval; NaN where it is undefined.</summary>
public sealed record MetricValue(MetricKind Kind, double Value, double Low, double High, int Count)
{
    internal static MetricValue From(MetricKind kind, Estimate estimate, int count) =>
        new(kind, estimate.Value, estimate.Low, estimate.High, count);

    /// <summary>True when this value is better than the other, as the metric counts; false when either is NaN.</summary>
    public bool IsBetterThan(MetricValue other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Kind.HigherIsBetter ? Value > other.Value : Value < other.Value;
    }
}
