using System.Globalization;
using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>
/// Running statistics after one training step from the start, updated with another momentum: mean = m · batch mean, variance = 1 - m + m · batch variance
/// (unbiased). PyTorch's momentum is the share of the new, that of other frameworks the share of the old.
/// </summary>
public sealed class NormMomentum : IReason
{
    public string Name => "normalization-momentum";

    public ConfirmedReason? Confirm(Difference difference)
    {
        if (!NormFormulas.HasStatistics(difference.A.Own) || !NormFormulas.HasStatistics(difference.B.Own)) return null;
        foreach (var (words, input) in difference.Inputs)
        {
            if (input.Rank < 2 || input.Shape[1] != difference.A.Own["running_mean"].Numel || !input.DType.IsFloatingPoint()) continue;
            long[] axes = [.. Enumerable.Range(0, input.Rank).Where(i => i != 1).Select(i => (long)i)];
            var (mean, variance) = (input.Mean(axes), input.Var(axes, 1));
            if (Momentum(difference, mean, variance, difference.A.Own) is not { } first || Momentum(difference, mean, variance, difference.B.Own) is not { } second || Math.Abs(first - second) < 1e-3) continue;
            string Word(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
            return new ConfirmedReason(Name, $"{difference.Path} has taken {Word(first)} of the batch's statistics into the running ones in {difference.A.Name}, and {Word(second)} in {difference.B.Name}",
                $"with these momenta one step on {words} gives the running mean and variance of both", "momentum is the share of the new statistics in PyTorch, and the share of the old ones in TensorFlow and Keras: take 1 minus the other");
        }

        return null;
    }

    static double? Momentum(Difference difference, Tensor mean, Tensor variance, IReadOnlyDictionary<string, Tensor> own)
    {
        var largest = mean.Abs().ArgMax().Item<long>();
        var momentum = own["running_mean"].Select(0, largest).To(DType.Float64).Item<double>() / mean.Select(0, largest).To(DType.Float64).Item<double>();
        if (momentum is not (> 0 and < 1)) return null;
        var means = Closeness.Of(mean * momentum, own["running_mean"]).Within(10 * difference.Tolerance);
        return means && Closeness.Of(variance * momentum + (1 - momentum), own["running_var"]).Within(10 * difference.Tolerance) ? momentum : null;
    }
}
