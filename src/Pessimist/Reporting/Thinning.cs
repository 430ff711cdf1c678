using Pessimist.Observations;

namespace Pessimist.Reporting;

/// <summary>Makes long curves small without hiding spikes: of each stretch the lowest and the highest point stay.</summary>
static class Thinning
{
    public const int MaxPoints = 240;

    public static Series Thin(this Series series, int maxPoints = MaxPoints)
    {
        var n = series.X is { } given ? Math.Min(given.Count, series.Y.Count) : series.Y.Count;
        if (n <= maxPoints)
            return new Series(series.Name, [.. series.Y.Take(n).Select(Round)], series.X is null ? null : [.. series.X.Take(n).Select(Round)]);

        var buckets = (maxPoints - 2) / 2;
        SortedSet<int> kept = [0, n - 1];
        for (var b = 0; b < buckets; b++)
        {
            var from = (int)((long)n * b / buckets);
            var to = (int)((long)n * (b + 1) / buckets);
            int low = from, high = from;
            for (var i = from; i < to; i++)
            {
                // A value that is not finite is the news of its stretch.
                if (!double.IsFinite(series.Y[i]))
                {
                    low = high = i;
                    break;
                }

                if (series.Y[i] < series.Y[low]) low = i;
                if (series.Y[i] > series.Y[high]) high = i;
            }

            kept.Add(low);
            kept.Add(high);
        }

        return new Series(series.Name, [.. kept.Select(i => Round(series.Y[i]))], [.. kept.Select(i => Round(series.X?[i] ?? i))]);
    }

    /// <summary>Six significant digits: more than a chart shows, less than a double prints.</summary>
    static double Round(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return value;
        var digits = 5 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits is >= 0 and <= 15 ? Math.Round(value, digits) : double.Parse(value.ToString("G6", Numbers.Culture), Numbers.Culture);
    }
}
