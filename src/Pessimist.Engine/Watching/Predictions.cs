using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>What the values of a prediction [N, K, …] look like: probabilities, log-probabilities, or neither.</summary>
static class Predictions
{
    const double Tolerance = 1e-3;
    const long MostElements = 1 << 22;

    /// <summary>Call inside of a scope, without gradients.</summary>
    public static PredictionFacts? Of(Tensor input)
    {
        if (!input.DType.IsFloatingPoint() || input.Numel is 0 or > MostElements || Facts.OnProcessor(input) is not { } here) return null;
        var values = here.To(DType.Float64).AsSpan<double>();
        var n = input.Rank == 0 ? 1 : (int)input.Shape[0];
        var k = input.Rank < 2 ? 1 : (int)input.Shape[1];
        var inner = values.Length / (n * k);

        long nonnegative = 0, unit = 0;
        foreach (var x in values)
        {
            if (x >= 0) nonnegative++;
            if (x is >= 0 and <= 1) unit++;
        }

        int sums = 0, logSums = 0, constant = 0;
        for (var i = 0; i < n; i++)
        {
            var same = true;
            for (var j = 0; j < inner; j++)
            {
                double sum = 0, exponentials = 0;
                var negative = false;
                for (var c = 0; c < k; c++)
                {
                    var at = c * inner + j;
                    var x = values[i * k * inner + at];
                    sum += x;
                    exponentials += Math.Exp(x);
                    negative |= x < 0;
                    same &= x == values[at];
                }

                if (k > 1 && !negative && Math.Abs(sum - 1) <= Tolerance) sums++;
                if (k > 1 && Math.Abs(exponentials - 1) <= Tolerance) logSums++;
            }

            if (same) constant++;
        }

        var columns = 0;
        var width = k * inner;
        for (var c = 0; n > 1 && c < width; c++)
        {
            double sum = 0;
            var negative = false;
            for (var i = 0; i < n; i++)
            {
                sum += values[i * width + c];
                negative |= values[i * width + c] < 0;
            }

            if (!negative && Math.Abs(sum - 1) <= Tolerance) columns++;
        }

        double rows = n * inner, elements = values.Length;
        return new PredictionFacts(sums / rows, columns / (double)width, nonnegative / elements, unit / elements, logSums / rows, n == 1 ? 0 : constant / (double)n);
    }
}
