using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation;

/// <summary>Interval of one rate (Wilson 1927): honest near 0 and 1 and for few examples, where p ± z·se is not.</summary>
public static class Wilson
{
    /// <summary>The rate of <paramref name="hits"/> in <paramref name="count"/>; the whole of [0, 1] and NaN when there are none.</summary>
    public static Estimate Interval(long hits, long count, double confidence = 0.95) =>
        FromZ(hits, count, TwoSidedZ(confidence));

    /// <summary>z such that a share <paramref name="confidence"/> of the standard normal lies in ±z: 1.96 for 0.95.</summary>
    public static double TwoSidedZ(double confidence)
    {
        if (confidence is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1, as 0.95.");
        return Normal.InvCDF(0, 1, 0.5 + confidence / 2);
    }

    internal static Estimate FromZ(long hits, long count, double z)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (hits < 0 || hits > count)
            throw new ArgumentOutOfRangeException(nameof(hits), hits, $"Hits lie in 0..{count}.");
        if (count == 0)
            return new Estimate(double.NaN, 0, 1);
        double n = count, p = hits / n, z2 = z * z;
        var centre = (p + z2 / (2 * n)) / (1 + z2 / n);
        var half = z * Math.Sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
        // Rounding must not leave 1e-18 where the formula says 0, or the rate itself outside.
        return new Estimate(p, hits == 0 ? 0 : Math.Min(centre - half, p), hits == count ? 1 : Math.Max(centre + half, p));
    }
}
