namespace Pessimist.Data.Profiling;

/// <summary>Measures the scale of all inputs together, and whether they were divided by 255.</summary>
static class ScaleProfiler
{
    /// <summary>The share of values that must become whole: text files round.</summary>
    const double Practically = 0.999;

    /// <summary>Values whose products are tried; enough to tell, and quick.</summary>
    const int MostTried = 1 << 20;

    public static ScaleFacts Profile(DataSet data)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity, sum = 0, squares = 0;
        long finite = 0;
        var whole = true;
        int small = 0, large = 0;
        for (var i = 0; i < data.Count; i++)
        {
            // Per example in float64 first: one long running sum would lose digits.
            double rowSum = 0, rowSquares = 0;
            float largest = float.NegativeInfinity, smallest = float.PositiveInfinity;
            foreach (var value in data.Input(i))
            {
                if (!float.IsFinite(value)) continue;
                finite++;
                rowSum += value;
                rowSquares += (double)value * value;
                largest = MathF.Max(largest, value);
                smallest = MathF.Min(smallest, value);
                if (whole && MathF.Floor(value) != value) whole = false;
            }

            sum += rowSum;
            squares += rowSquares;
            max = Math.Max(max, largest);
            min = Math.Min(min, smallest);
            // An empty picture says nothing about the scale.
            if (largest is > 0 and <= 1) small++;
            else if (largest > 2) large++;
        }

        if (finite == 0) return new ScaleFacts(double.NaN, double.NaN, double.NaN, double.NaN, false, null, 0);
        var mean = sum / finite;
        return new ScaleFacts(min, max, mean, Math.Sqrt(Math.Max(0, squares / finite - mean * mean)), whole,
            whole ? null : WholeAfter(data, max), small > 0 && large > 0 && min >= 0 ? small : 0);
    }

    static int? WholeAfter(DataSet data, double max)
    {
        // Factor 1 first: numbers that are whole but for a few filled gaps stay whole under any factor.
        foreach (var factor in new[] { 1, 255, 255 * 255 })
        {
            long tried = 0, hits = 0;
            for (var i = 0; i < data.Count && tried < MostTried; i++)
            {
                foreach (var value in data.Input(i))
                {
                    if (value == 0 || !float.IsFinite(value)) continue;
                    tried++;
                    var product = (double)value * factor;
                    if (Math.Abs(product - Math.Round(product)) < 0.02) hits++;
                }
            }

            // Small products near zero are whole by chance; the largest must reach beyond 10 for the test to mean something.
            if (tried > 0 && hits >= (factor == 1 ? 0.5 : Practically) * tried && max * factor > 10) return factor == 1 ? null : factor;
        }

        return null;
    }
}
