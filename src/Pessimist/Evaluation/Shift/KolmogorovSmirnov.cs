namespace Pessimist.Evaluation;

/// <summary>Two-sample Kolmogorov-Smirnov test: the largest distance between two distribution functions.</summary>
/// <param name="D">That distance, in 0..1.</param>
/// <param name="P">Asymptotic p-value with Stephens' small-sample correction (1970); too large, never too small, with ties.</param>
public readonly record struct KolmogorovSmirnov(double D, double P)
{
    public static KolmogorovSmirnov Test(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.IsEmpty || second.IsEmpty)
            return new KolmogorovSmirnov(0, 1);
        float[] a = first.ToArray(), b = second.ToArray();
        Array.Sort(a);
        Array.Sort(b);
        double d = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            var value = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] <= value) i++;
            while (j < b.Length && b[j] <= value) j++;
            d = Math.Max(d, Math.Abs((double)i / a.Length - (double)j / b.Length));
        }

        var root = Math.Sqrt((double)a.Length * b.Length / (a.Length + b.Length));
        return new KolmogorovSmirnov(d, Tail((root + 0.12 + 0.11 / root) * d));
    }

    /// <summary>Kolmogorov's 2 Σ (-1)^(j-1) exp(-2 j² λ²).</summary>
    static double Tail(double lambda)
    {
        if (lambda < 0.2)
            return 1;
        double sum = 0, sign = 1;
        for (var j = 1; j <= 100; j++, sign = -sign)
        {
            var term = Math.Exp(-2 * j * j * lambda * lambda);
            sum += sign * term;
            if (term < 1e-12) break;
        }

        return Math.Clamp(2 * sum, 0, 1);
    }
}
