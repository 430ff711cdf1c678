using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>Normalizations written out.</summary>
static class NormFormulas
{
    public static IReadOnlyList<double> Epsilons { get; } = [1e-5, 1e-3, 1e-6, 1e-4, 1e-8, 1e-12, 1e-2, 0];

    public static bool HasStatistics(IReadOnlyDictionary<string, Tensor> own) => own.ContainsKey("running_mean") && own.ContainsKey("running_var");

    public static Tensor ByRunning(Tensor x, IReadOnlyDictionary<string, Tensor> own, double epsilon) =>
        Affine((x - Channels(own["running_mean"], x)) / (Channels(own["running_var"], x) + epsilon).Sqrt(), own, x);

    public static Tensor ByBatch(Tensor x, IReadOnlyDictionary<string, Tensor> own, double epsilon)
    {
        long[] axes = [.. Enumerable.Range(0, x.Rank).Where(i => i != 1).Select(i => (long)i)];
        return Affine((x - x.Mean(axes, keepDim: true)) / (x.Var(axes, correction: 0, keepDim: true) + epsilon).Sqrt(), own, x);
    }

    /// <summary>Normalizations of single examples, over the last axes, and of groups of channels.</summary>
    public static IEnumerable<(string Name, Func<double, Tensor> Compute)> Variants(Tensor x, IReadOnlyDictionary<string, Tensor> own)
    {
        if (HasStatistics(own))
        {
            yield return ("", epsilon => ByRunning(x, own, epsilon));
            yield return ("epsilon outside of the root, ", epsilon => Affine((x - Channels(own["running_mean"], x)) / (Channels(own["running_var"], x).Sqrt() + epsilon), own, x));
            yield break;
        }

        var weight = own.GetValueOrDefault("weight");
        var bias = own.GetValueOrDefault("bias");
        var last = weight?.Rank ?? 1;
        if (last <= x.Rank && (weight is null || x.Shape.AsSpan()[^last..].SequenceEqual(weight.Shape)))
        {
            long[] axes = [.. Enumerable.Range(x.Rank - last, last).Select(i => (long)i)];
            Tensor Scaled(Tensor y) => weight is null ? y : bias is null ? y * weight : y * weight + bias;
            yield return ("", epsilon => Scaled((x - x.Mean(axes, true)) / (x.Var(axes, 0, true) + epsilon).Sqrt()));
            yield return ("the unbiased variance, ", epsilon => Scaled((x - x.Mean(axes, true)) / (x.Var(axes, 1, true) + epsilon).Sqrt()));
            yield return ("epsilon outside of the root, ", epsilon => Scaled((x - x.Mean(axes, true)) / (x.Var(axes, 0, true).Sqrt() + epsilon)));
            yield return ("the unbiased variance and epsilon outside of the root, ", epsilon => Scaled((x - x.Mean(axes, true)) / (x.Var(axes, 1, true).Sqrt() + epsilon)));
            yield return ("the root mean square, the mean left in, ", epsilon => Scaled(x / (x.Square().Mean(axes, true) + epsilon).Sqrt()));
        }

        if (x.Rank < 3) yield break;
        for (var groups = 1L; groups <= x.Shape[1]; groups++)
        {
            if (x.Shape[1] % groups != 0) continue;
            var count = groups;
            yield return (FormattableString.Invariant($"{count} group{(count == 1 ? "" : "s")} of channels, "), epsilon => Affine(Functional.GroupNorm(x, count, null, null, epsilon), own, x));
        }
    }

    static Tensor Affine(Tensor y, IReadOnlyDictionary<string, Tensor> own, Tensor x)
    {
        if (own.GetValueOrDefault("weight") is { } weight) y *= Channels(weight, x);
        return own.GetValueOrDefault("bias") is { } bias ? y + Channels(bias, x) : y;
    }

    static Tensor Channels(Tensor values, Tensor x)
    {
        var shape = new long[x.Rank];
        Array.Fill(shape, 1);
        shape[1] = values.Numel;
        return values.Reshape(shape);
    }
}
