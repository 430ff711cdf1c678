using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation;

/// <summary>
/// Exact test whether two models differ on the same examples (McNemar 1947, binomial form): only examples that exactly one of them gets right
/// count.
/// </summary>
/// <param name="OnlyFirstRight">Examples the first model gets right and the second wrong.</param>
/// <param name="OnlySecondRight">Examples the second model gets right and the first wrong.</param>
/// <param name="P">Two-sided p-value; 1 when the models never disagree.</param>
public sealed record McNemar(int OnlyFirstRight, int OnlySecondRight, double P)
{
    public static McNemar Test(ReadOnlySpan<int> labels, ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(first.Length, labels.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Length, labels.Length);
        int a = 0, b = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            bool firstRight = first[i] == labels[i], secondRight = second[i] == labels[i];
            if (firstRight && !secondRight) a++;
            if (secondRight && !firstRight) b++;
        }

        return FromCounts(a, b);
    }

    public static McNemar FromCounts(int onlyFirstRight, int onlySecondRight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirstRight);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecondRight);
        var total = onlyFirstRight + onlySecondRight;
        var p = total == 0 ? 1 : Math.Min(1, 2 * Binomial.CDF(0.5, total, Math.Min(onlyFirstRight, onlySecondRight)));
        return new McNemar(onlyFirstRight, onlySecondRight, p);
    }
}
