using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation;

/// <summary>The losses a decomposition of a mean loss starts from: one per example, as from <see cref="Losses"/>.</summary>
public sealed record SplitLosses
{
    /// <summary>The loss to be reached, in the unit of the metric. Null when nobody said.</summary>
    public double? Goal { get; init; }
    public required double[] Train { get; init; }
    public required double[] Validation { get; init; }
    public double[]? TestValidation { get; init; }
    public double[]? Test { get; init; }

    /// <summary>Take the square root of each mean: decomposes RMSE instead of MSE.</summary>
    public bool Root { get; init; }
    public int Seed { get; init; }
}

/// <summary>
/// <see cref="Decomposition"/> for a metric that is a mean over examples (MSE, RMSE, MAE, log-loss). Each interval is the wider of the
/// two-sample bootstrap's and Welch's: the first is too narrow for few examples, the second ignores skew. The effect floor is relative only.
/// </summary>
public static class LossDecomposition
{
    const int Resamples = 4000, MostBuckets = 150;

    public static Decomposition Of(SplitLosses losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        var steps = Steps(losses);
        var level = 0.05 / steps.Count;
        var random = new Random(losses.Seed);
        var last = Mean(losses.Test ?? losses.TestValidation ?? losses.Validation, losses.Root);
        var floor = double.IsNaN(last) ? 0 : Decomposition.RelativeFloor * Math.Abs(last);
        var gaps = steps.Select(step =>
        {
            var (gap, error) = Difference(step, losses.Root, level, random);
            var verdict = double.IsNaN(gap.Value) ? GapVerdict.NoEvidence : Gap.Judge(gap, floor);
            var detectable = DetectableGap.BetweenMeans(error, level);
            var facts = new GapFacts(step.Term, step.FirstName, step.SecondName, gap, verdict, detectable, floor, IsRate: false);
            return new Gap(step.Term, gap.Value, gap.Low, gap.High, verdict, detectable, facts.Sentence());
        });
        return new Decomposition([.. gaps], Wilson.TwoSidedZ(1 - level), floor);
    }

    static List<Step<double[]>> Steps(SplitLosses losses)
    {
        List<Step<double[]>> steps = [];
        if (losses.Goal is { } goal)
            steps.Add(new("avoidable-bias", "the goal", [losses.Root ? goal * goal : goal], "training", losses.Train));
        steps.Add(new("variance", "training", losses.Train, "validation", losses.Validation));
        if (losses.TestValidation is { } shifted)
            steps.Add(new("distribution-shift", "train-validation", losses.Validation, "test-validation", shifted));
        if (losses.Test is { } test)
            steps.Add(new("validation-overfitting", "validation", losses.TestValidation ?? losses.Validation, "test", test));
        return steps;
    }

    static (Estimate Gap, double StandardError) Difference(Step<double[]> step, bool root, double level, Random random)
    {
        double[] first = step.First, second = step.Second;
        double a = Mean(first, root), b = Mean(second, root), value = b - a;
        var exact = step.Term == "avoidable-bias";
        if (double.IsNaN(value) || second.Length < 2 || (first.Length < 2 && !exact))
            return (new Estimate(value, double.NegativeInfinity, double.PositiveInfinity), double.NaN);
        var (varianceA, varianceB) = (exact ? 0 : MeanVariance(first, root), MeanVariance(second, root));
        var error = Math.Sqrt(varianceA + varianceB);
        var freedom = error == 0 ? 1 : error * error * error * error
            / ((exact ? 0 : varianceA * varianceA / (first.Length - 1)) + varianceB * varianceB / (second.Length - 1));
        var half = error * StudentT.InvCDF(0, 1, freedom, 1 - level / 2);
        double[] bucketsA = exact ? first : Buckets(first, random), bucketsB = Buckets(second, random);
        var resampled = new List<double>(Resamples);
        for (var r = 0; r < Resamples; r++)
            resampled.Add(Drawn(bucketsB, root, random) - (exact ? a : Drawn(bucketsA, root, random)));
        var bootstrap = Bootstrap.Interval(value, resampled, 1 - level);
        return (new Estimate(value, Math.Min(value - half, bootstrap.Low), Math.Max(value + half, bootstrap.High)), error);
    }

    static double Mean(double[] losses, bool root)
    {
        var mean = losses.Length == 0 ? double.NaN : losses.Average();
        return root ? Math.Sqrt(mean) : mean;
    }

    /// <summary>Variance of the mean; of its root by the delta method.</summary>
    static double MeanVariance(double[] losses, bool root)
    {
        var mean = losses.Average();
        var variance = losses.Sum(l => (l - mean) * (l - mean)) / (losses.Length - 1) / losses.Length;
        return !root ? variance : mean > 0 ? variance / (4 * mean) : 0;
    }

    /// <summary>Means of random, equally large handfuls: as good as the examples for resampling a mean, and far fewer.</summary>
    static double[] Buckets(double[] losses, Random random)
    {
        if (losses.Length <= MostBuckets)
            return losses;
        var shuffled = (double[])losses.Clone();
        random.Shuffle(shuffled);
        var size = shuffled.Length / MostBuckets;
        var buckets = new double[shuffled.Length / size];
        for (var i = 0; i < buckets.Length * size; i++) buckets[i / size] += shuffled[i] / size;
        return buckets;
    }

    static double Drawn(double[] values, bool root, Random random)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++) sum += values[random.Next(values.Length)];
        var mean = sum / values.Length;
        return root ? Math.Sqrt(mean) : mean;
    }
}
