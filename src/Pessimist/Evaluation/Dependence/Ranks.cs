namespace Pessimist.Evaluation;

/// <summary>Ranks from 0, equal values sharing the mean of theirs.</summary>
static class Ranks
{
    internal static float[] Of(ReadOnlySpan<float> values)
    {
        var sorted = values.ToArray();
        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(sorted, order);
        var ranks = new float[sorted.Length];
        for (var start = 0; start < sorted.Length;)
        {
            var end = start;
            while (end < sorted.Length && sorted[end].Equals(sorted[start])) end++;
            var shared = (start + end - 1) / 2f;
            for (; start < end; start++) ranks[order[start]] = shared;
        }

        return ranks;
    }

    /// <summary>Ranks with mean 0 and length 1; all 0 for a constant.</summary>
    internal static float[] Unit(ReadOnlySpan<float> values)
    {
        var ranks = Of(values);
        var mean = (values.Length - 1) / 2.0;
        var norm = Math.Sqrt(ranks.Sum(r => (r - mean) * (r - mean)));
        for (var i = 0; i < ranks.Length; i++) ranks[i] = norm > 0 ? (float)((ranks[i] - mean) / norm) : 0;
        return ranks;
    }
}
