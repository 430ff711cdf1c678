using MathNet.Numerics.Distributions;

namespace Pessimist.Data.Profiling;

/// <summary>Tests whether a column's blanks go together with the target.</summary>
static class MissingTest
{
    /// <summary>Too few blanks or values to test below this number.</summary>
    const int Least = 5;

    public static double? PValue(Column column, Targets targets)
    {
        if (column.Missing < Least) return null;
        var absent = Array.ConvertAll(targets.Rows, column.IsMissing);
        var blanks = absent.Count(a => a);
        if (blanks < Least || absent.Length - blanks < Least) return null;
        return targets.IsClassification ? ChiSquare(absent, blanks, targets) : Welch(absent, targets);
    }

    static double? ChiSquare(bool[] absent, int blanks, Targets targets)
    {
        var classes = targets.ClassNames.Count;
        int[] all = new int[classes], blank = new int[classes];
        for (var i = 0; i < absent.Length; i++)
        {
            all[targets.Classes[i]]++;
            if (absent[i]) blank[targets.Classes[i]]++;
        }

        double statistic = 0, share = (double)blanks / absent.Length;
        var used = 0;
        for (var k = 0; k < classes; k++)
        {
            // Cochran's rule: expected counts below five make the statistic unreliable.
            if (all[k] * Math.Min(share, 1 - share) < Least) continue;
            double expected = all[k] * share, difference = blank[k] - expected;
            statistic += difference * difference / expected + difference * difference / (all[k] - expected);
            used++;
        }

        return used < 2 ? null : 1 - ChiSquared.CDF(used - 1, statistic);
    }

    static double? Welch(bool[] absent, Targets targets)
    {
        var width = targets.Columns.Count;
        double? smallest = null;
        for (var k = 0; k < width; k++)
        {
            var (blankMean, blankVariance, blanks) = Moments(absent, true, targets.Values, k, width);
            var (mean, variance, count) = Moments(absent, false, targets.Values, k, width);
            var error = Math.Sqrt(blankVariance / blanks + variance / count);
            if (error <= 0) continue;
            var p = 2 * Normal.CDF(0, 1, -Math.Abs(blankMean - mean) / error);
            smallest = Math.Min(smallest ?? 1, p);
        }

        // Bonferroni over the targets.
        return smallest is { } least ? Math.Min(1, least * width) : null;
    }

    static (double Mean, double Variance, int Count) Moments(bool[] absent, bool wanted, float[] values, int k, int width)
    {
        double sum = 0, squares = 0;
        var count = 0;
        for (var i = 0; i < absent.Length; i++)
        {
            if (absent[i] != wanted) continue;
            var value = values[i * width + k];
            sum += value;
            squares += (double)value * value;
            count++;
        }

        var mean = sum / count;
        return (mean, Math.Max(0, squares / count - mean * mean), count);
    }
}
