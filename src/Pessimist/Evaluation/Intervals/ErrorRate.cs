namespace Pessimist.Evaluation;

/// <summary>
/// How many examples of a split are wrong; or a rate that is exact by definition (a goal), with no examples behind it and no sampling error.
/// </summary>
public readonly record struct ErrorRate
{
    ErrorRate(double value, long errors, long? count) => (Value, Errors, Count) = (value, errors, count);

    public ErrorRate(long errors, long count) : this(count == 0 ? double.NaN : (double)errors / count, errors, count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (errors < 0 || errors > count)
            throw new ArgumentOutOfRangeException(nameof(errors), errors, $"Errors lie in 0..{count}.");
    }

    /// <summary>The share of wrong examples in [0, 1]; NaN without examples.</summary>
    public double Value { get; }

    public long Errors { get; }

    /// <summary>The number of examples; null for an exact rate.</summary>
    public long? Count { get; }

    /// <summary>A rate without sampling error, as a goal.</summary>
    public static ErrorRate Exactly(double rate) => rate is >= 0 and <= 1
        ? new ErrorRate(rate, 0, null)
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "An error rate lies in 0..1 (0.02 for 2 %).");

    public static ErrorRate Of(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(predictions.Length, labels.Length);
        var errors = 0L;
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] != predictions[i]) errors++;
        return new ErrorRate(errors, labels.Length);
    }

    /// <summary>The rate with its Wilson interval; a point when exact.</summary>
    public Estimate Interval(double confidence = 0.95) => AtZ(Wilson.TwoSidedZ(confidence));

    internal Estimate AtZ(double z) => Count is { } n ? Wilson.FromZ(Errors, n, z) : new Estimate(Value, Value, Value);
}
