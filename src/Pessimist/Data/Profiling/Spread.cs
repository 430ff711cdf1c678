namespace Pessimist.Data.Profiling;

/// <summary>Where sorted values lie apart.</summary>
static class Spread
{
    /// <summary>
    /// Values beyond a gap that is more than five times the range of all values on its near side. Heavy tails thin out step by step and stay silent;
    /// a slip of the decimal point or a code such as -999 does not.
    /// </summary>
    public static (int Count, double Low, double High) Outliers(double[] sorted)
    {
        const double GapToRange = 5;
        int n = sorted.Length, most = n / 20;
        int below = 0, above = 0;
        if (n < 20) return (0, double.NegativeInfinity, double.PositiveInfinity);
        for (var k = 1; k <= most; k++)
        {
            double range = sorted[n - 1 - k] - sorted[most], gap = sorted[n - k] - sorted[n - 1 - k];
            if (range > 0 && gap > GapToRange * range) above = k;
            range = sorted[n - 1 - most] - sorted[k];
            gap = sorted[k] - sorted[k - 1];
            if (range > 0 && gap > GapToRange * range) below = k;
        }

        return (below + above, below == 0 ? double.NegativeInfinity : sorted[below], above == 0 ? double.PositiveInfinity : sorted[n - 1 - above]);
    }

    /// <summary>
    /// Positive values in two clusters: the widest ratio between neighbours is at least 3, wider than either cluster, and both hold at least 2 %.
    /// </summary>
    public static (double Border, double LowerMedian, double UpperMedian, double LowerShare)? TwoScales(double[] sorted)
    {
        const double WidestGap = 3, LeastShare = 0.02;
        var from = Array.FindIndex(sorted, v => v > 0);
        // With negative values there is no ratio to speak of.
        if (from < 0 || sorted[0] < 0) return null;
        var n = sorted.Length - from;
        int least = Math.Max(5, (int)(LeastShare * n)), cut = -1;
        double widest = WidestGap;
        for (var i = from + least; i <= sorted.Length - least; i++)
            if (sorted[i] / sorted[i - 1] is var ratio && ratio >= widest) (widest, cut) = (ratio, i);
        if (cut < 0) return null;
        if (sorted[cut - 1] / sorted[from] > widest || sorted[^1] / sorted[cut] > widest) return null;
        return (sorted[cut - 1], sorted[(from + cut) / 2], sorted[(cut + sorted.Length) / 2], (double)(cut - from) / n);
    }
}
