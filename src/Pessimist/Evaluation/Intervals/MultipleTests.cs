namespace Pessimist.Evaluation;

/// <summary>Corrections for reading many tests at once.</summary>
public static class MultipleTests
{
    /// <summary>
    /// Holm's step-down adjusted p-values (1979), in the order given: reject where one is at most the level, and the chance of any false
    /// rejection stays below it. For yes/no verdicts.
    /// </summary>
    public static double[] Holm(ReadOnlySpan<double> p)
    {
        var order = Ascending(p);
        var adjusted = new double[p.Length];
        var running = 0.0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            running = Math.Max(running, Math.Min(1, (order.Length - rank) * p[order[rank]]));
            adjusted[order[rank]] = running;
        }

        return adjusted;
    }

    /// <summary>
    /// Benjamini-Hochberg adjusted p-values (1995), in the order given: reject where one is at most q, and the expected share of false ones
    /// among those rejected stays below q. For lists.
    /// </summary>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> p)
    {
        var order = Ascending(p);
        var adjusted = new double[p.Length];
        var running = 1.0;
        for (var rank = order.Length - 1; rank >= 0; rank--)
        {
            running = Math.Min(running, order.Length * p[order[rank]] / (rank + 1));
            adjusted[order[rank]] = running;
        }

        return adjusted;
    }

    static int[] Ascending(ReadOnlySpan<double> p)
    {
        var keys = p.ToArray();
        foreach (var value in keys)
            if (value is not (>= 0 and <= 1)) throw new ArgumentException($"A p-value lies in 0..1, not {value}.", nameof(p));
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);
        return order;
    }
}
