using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation;

/// <summary>
/// Do two sets have the same class shares? Two-sample chi-square test on the table of counts (both sides are samples: neither is the truth), with
/// Cramér's V, bias-corrected (Bergsma 2013), as the effect.
/// </summary>
/// <param name="Verdict">Shifted only with p at most 0.01 and V at least 0.1.</param>
/// <param name="V">0 for equal shares, 1 when the set can be read off the class.</param>
/// <param name="P">p-value; classes expected fewer than five times on a side are merged.</param>
public sealed record LabelShift(ShiftVerdict Verdict, double V, double P)
{
    public static LabelShift Test(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int classes)
    {
        if (first.Length < ShiftTest.FewestRows || second.Length < ShiftTest.FewestRows)
            return new LabelShift(ShiftVerdict.CannotTell, double.NaN, 1);
        double n = first.Length, m = second.Length;
        var columns = Columns(Counts(first, classes), Counts(second, classes), n, m);
        var chiSquare = 0.0;
        foreach (var (a, b) in columns)
        {
            double expectedA = (a + b) * n / (n + m), expectedB = (a + b) * m / (n + m);
            chiSquare += (a - expectedA) * (a - expectedA) / expectedA + (b - expectedB) * (b - expectedB) / expectedB;
        }

        var freedom = columns.Count - 1;
        if (freedom < 1)
            return new LabelShift(ShiftVerdict.NotFound, 0, 1);
        var p = 1 - ChiSquared.CDF(freedom, chiSquare);
        // One degree of freedom per side and column is spent on chance: Bergsma takes it off before the root.
        var phi2 = Math.Max(0, chiSquare / (n + m) - freedom / (n + m - 1));
        var v = Math.Sqrt(phi2 / (2 - 1 / (n + m - 1) - 1));
        return new LabelShift(p <= 0.01 && v >= 0.1 ? ShiftVerdict.Shifted : ShiftVerdict.NotFound, Math.Min(1, v), p);
    }

    /// <summary>The counts per class, rare classes merged into one column; still rare, that one joins the smallest other.</summary>
    static List<(double A, double B)> Columns(int[] first, int[] second, double n, double m)
    {
        var smallest = Math.Min(n, m) / (n + m);
        List<(double A, double B)> columns = [];
        (double A, double B) rest = default;
        for (var k = 0; k < first.Length; k++)
        {
            if ((first[k] + second[k]) * smallest >= 5) columns.Add((first[k], second[k]));
            else rest = (rest.A + first[k], rest.B + second[k]);
        }

        if (rest.A + rest.B == 0)
            return columns;
        if ((rest.A + rest.B) * smallest < 5 && columns.Count > 0)
        {
            var other = columns.MinBy(c => c.A + c.B);
            columns.Remove(other);
            rest = (rest.A + other.A, rest.B + other.B);
        }

        columns.Add(rest);
        return columns;
    }

    static int[] Counts(ReadOnlySpan<int> labels, int classes)
    {
        var counts = new int[classes];
        foreach (var label in labels) counts[label]++;
        return counts;
    }
}
