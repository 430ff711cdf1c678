using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation;

/// <summary>The smallest gap a comparison would have seen, printed beside every "no evidence" so that silence is not read as health.</summary>
public static class DetectableGap
{
    /// <summary>
    /// The smallest difference of two rates above <paramref name="baseRate"/> found with the given power by a two-sided test (normal
    /// approximation, pooled variance under the null; Fleiss, Statistical Methods for Rates and Proportions). 1 when no gap can be seen.
    /// </summary>
    /// <param name="baseRate">The smaller rate.</param>
    /// <param name="firstCount">Examples behind the smaller rate; null when it is exact.</param>
    /// <param name="secondCount">Examples behind the larger rate.</param>
    /// <param name="significance">Two-sided level: 0.05, or 0.05/4 when four gaps are read at once.</param>
    /// <param name="power">The chance of seeing the gap.</param>
    public static double BetweenRates(double baseRate, long? firstCount, long secondCount, double significance = 0.05, double power = 0.8)
    {
        if (baseRate is not (>= 0 and <= 1) || secondCount <= 0 || firstCount is <= 0)
            return 1;
        double zLevel = Wilson.TwoSidedZ(1 - significance), zPower = Normal.InvCDF(0, 1, power);
        double low = 0, high = 1 - baseRate;
        if (!Seen(high))
            return 1;
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (Seen(middle)) high = middle;
            else low = middle;
        }

        return high;

        bool Seen(double gap)
        {
            double first = baseRate, second = baseRate + gap;
            double inverseFirst = firstCount is { } n ? 1.0 / n : 0, inverseSecond = 1.0 / secondCount;
            // An exact rate is the null itself; with two samples the null pools them.
            var pooled = inverseFirst == 0
                ? first
                : (first * inverseSecond + second * inverseFirst) / (inverseFirst + inverseSecond);
            var nullSd = Math.Sqrt(pooled * (1 - pooled) * (inverseFirst + inverseSecond));
            var sd = Math.Sqrt(first * (1 - first) * inverseFirst + second * (1 - second) * inverseSecond);
            return gap >= zLevel * nullSd + zPower * sd;
        }
    }

    /// <summary>The same for a mean: (z of the level + z of the power) x the standard error of the difference.</summary>
    public static double BetweenMeans(double standardError, double significance = 0.05, double power = 0.8) =>
        (Wilson.TwoSidedZ(1 - significance) + Normal.InvCDF(0, 1, power)) * standardError;
}
