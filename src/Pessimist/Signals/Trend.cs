namespace Pessimist.Signals;

/// <summary>Trend of an equally spaced series, insensitive to outliers.</summary>
/// <param name="Slope">Median of the slopes between all pairs of points, per step (Theil 1950, Sen 1968).</param>
/// <param name="P">Two-sided p-value of the Mann-Kendall test, normal approximation with ties and continuity correction; 1 for fewer than 4 points.</param>
public readonly record struct Trend(double Slope, double P)
{
    public bool Falls(double significance = 0.01) => Slope < 0 && P < significance;

    public bool Rises(double significance = 0.01) => Slope > 0 && P < significance;

    /// <summary>Of a short series: the work grows with the square of its length.</summary>
    /// <param name="spacing">Steps from one point to the next.</param>
    public static Trend Of(IReadOnlyList<double> y, double spacing = 1)
    {
        ArgumentNullException.ThrowIfNull(y);
        var n = y.Count;
        if (n < 2) return new Trend(0, 1);
        var slopes = new double[n * (n - 1) / 2];
        var s = 0L;
        var k = 0;
        for (var i = 0; i < n; i++)
            for (var j = i + 1; j < n; j++)
            {
                slopes[k++] = (y[j] - y[i]) / ((j - i) * spacing);
                s += Math.Sign(y[j] - y[i]);
            }

        return new Trend(Quantile(slopes, 0.5), n < 4 ? 1 : PValue(s, y));
    }

    /// <summary>The trend of the medians of about <paramref name="blocks"/> blocks of neighbours: single spikes and fast ripples do not count.</summary>
    public static Trend OfBlocks(IReadOnlyList<double> y, int blocks)
    {
        ArgumentNullException.ThrowIfNull(y);
        var size = Math.Max(1, y.Count / blocks);
        var medians = new double[y.Count / size];
        for (var b = 0; b < medians.Length; b++)
            medians[b] = Quantile([.. y.Skip(b * size).Take(size)], 0.5);
        return Of(medians, size);
    }

    /// <summary>Linear interpolation between order statistics. The values may come in any order; null-free and at least one.</summary>
    public static double Quantile(IReadOnlyList<double> values, double q)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] sorted = [.. values];
        Array.Sort(sorted);
        var position = q * (sorted.Length - 1);
        var low = (int)position;
        return low + 1 < sorted.Length ? sorted[low] + (position - low) * (sorted[low + 1] - sorted[low]) : sorted[low];
    }

    static double PValue(long s, IReadOnlyList<double> y)
    {
        double n = y.Count;
        var ties = y.GroupBy(v => v).Select(g => (double)g.Count()).Where(t => t > 1).Sum(t => t * (t - 1) * (2 * t + 5));
        var variance = (n * (n - 1) * (2 * n + 5) - ties) / 18;
        if (variance <= 0) return 1;
        var z = Math.Max(0, Math.Abs(s) - 1) / Math.Sqrt(variance);
        return MathNet.Numerics.SpecialFunctions.Erfc(z / Math.Sqrt(2));
    }
}
