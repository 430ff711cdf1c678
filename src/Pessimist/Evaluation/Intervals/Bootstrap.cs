namespace Pessimist.Evaluation;

/// <summary>
/// Percentile bootstrap over examples, or over groups where examples come in groups (patients, near-duplicates): resampling single examples
/// would make the interval too narrow. Deterministic for a seed.
/// </summary>
public static class Bootstrap
{
    /// <summary>Interval of a statistic of one sample.</summary>
    /// <param name="count">Examples.</param>
    /// <param name="statistic">
    /// Computes the statistic from how often each example was drawn (all ones give the value itself). Weights rather than indices, so that
    /// anything sorted or counted beforehand stays so. May return NaN where a resample leaves it undefined; those are left out.
    /// </param>
    /// <param name="seed">Same seed, same interval.</param>
    /// <param name="confidence">Share of the resampled values inside.</param>
    /// <param name="resamples">2000 is the usual number for percentiles.</param>
    /// <param name="groups">The group of each example, any integers; null when examples are independent.</param>
    public static Estimate Percentile(
        int count, Func<ReadOnlySpan<int>, double> statistic, int seed = 0, double confidence = 0.95, int resamples = 2000, int[]? groups = null)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (count == 0)
            return Estimate.Unknown;
        var weights = new int[count];
        Array.Fill(weights, 1);
        var value = statistic(weights);
        var members = Members(count, groups);
        if ((members?.Length ?? count) < 2 || !double.IsFinite(value))
            return new Estimate(value, double.NaN, double.NaN);
        var random = new Random(seed);
        var values = new List<double>(resamples);
        for (var r = 0; r < resamples; r++)
        {
            if (members is null) Draw(random, weights);
            else Draw(random, members, weights);
            var resampled = statistic(weights);
            if (!double.IsNaN(resampled)) values.Add(resampled);
        }

        return Interval(value, values, confidence);
    }

    internal static Estimate Interval(double value, List<double> resampled, double confidence)
    {
        if (resampled.Count < 2)
            return new Estimate(value, double.NaN, double.NaN);
        resampled.Sort();
        var tail = (1 - confidence) / 2;
        return new Estimate(value, Quantile(resampled, tail), Quantile(resampled, 1 - tail));
    }

    static void Draw(Random random, int[] weights)
    {
        Array.Clear(weights);
        for (var i = 0; i < weights.Length; i++) weights[random.Next(weights.Length)]++;
    }

    static void Draw(Random random, int[][] members, int[] weights)
    {
        Array.Clear(weights);
        for (var i = 0; i < members.Length; i++)
            foreach (var example in members[random.Next(members.Length)])
                weights[example]++;
    }

    static int[][]? Members(int count, int[]? groups)
    {
        if (groups is null)
            return null;
        ArgumentOutOfRangeException.ThrowIfNotEqual(groups.Length, count);
        return [.. Enumerable.Range(0, count).GroupBy(i => groups[i]).Select(g => g.ToArray())];
    }

    static double Quantile(List<double> sorted, double share)
    {
        var position = share * (sorted.Count - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
