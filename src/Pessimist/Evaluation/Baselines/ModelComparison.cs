using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation;

public enum ComparisonVerdict
{
    /// <summary>Better beyond chance.</summary>
    Beats,

    /// <summary>No difference beyond chance.</summary>
    Ties,

    /// <summary>Worse beyond chance.</summary>
    Worse,
}

/// <summary>A model against another on the same examples.</summary>
/// <param name="Verdict">Of the model, at the 5 % level, two-sided.</param>
/// <param name="P">Two-sided p-value.</param>
/// <param name="Model">The model's metric.</param>
/// <param name="Other">The other's.</param>
/// <param name="Method">The test, in words.</param>
public sealed record ModelComparison(ComparisonVerdict Verdict, double P, double Model, double Other, string Method)
{
    const double Level = 0.05;
    const int Resamples = 2000;

    /// <summary>Exact McNemar for rates, paired bootstrap over examples for the other metrics.</summary>
    public static ModelComparison ForClasses(
        MetricKind kind, int[] labels, ClassPredictions model, ClassPredictions other, int classes, IntervalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(other);
        var modelStatistic = Metrics.ClassStatistic(kind, labels, model.Classes, model.Probabilities, classes);
        var otherStatistic = Metrics.ClassStatistic(kind, labels, other.Classes, other.Probabilities, classes);
        if (!kind.IsRate || options?.Groups is not null)
            return Bootstrapped(kind, labels.Length, modelStatistic, otherStatistic, options, pairedT: 0);
        var test = McNemar.Test(labels, model.Classes, other.Classes);
        return Judge(test.P, Whole(labels.Length, modelStatistic), Whole(labels.Length, otherStatistic), kind, "exact McNemar test");
    }

    /// <summary>Paired bootstrap over examples.</summary>
    public static ModelComparison ForValues(
        MetricKind kind, float[] targets, float[] model, float[] other, int outputs = 1, IntervalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(other);
        var absolute = kind == MetricKind.Mae;
        double[] modelLosses = absolute ? Losses.Absolute(targets, model, outputs) : Losses.Squared(targets, model, outputs);
        double[] otherLosses = absolute ? Losses.Absolute(targets, other, outputs) : Losses.Squared(targets, other, outputs);
        return Bootstrapped(
            kind, modelLosses.Length, Metrics.ValueStatistic(kind, targets, model, outputs), Metrics.ValueStatistic(kind, targets, other, outputs),
            options, PairedT(modelLosses, otherLosses));
    }

    static ModelComparison Bootstrapped(
        MetricKind kind, int count, Func<ReadOnlySpan<int>, double> model, Func<ReadOnlySpan<int>, double> other, IntervalOptions? options, double pairedT)
    {
        const string method = "paired bootstrap";
        if (count < 2)
            return Judge(1, Whole(count, model), Whole(count, other), kind, method);
        int above = 0, below = 0, total = 0;
        Bootstrap.Percentile(
            count,
            weights =>
            {
                var difference = model(weights) - other(weights);
                if (difference >= 0) above++;
                if (difference <= 0) below++;
                if (!double.IsNaN(difference)) total++;
                return difference;
            },
            options?.Seed ?? 0, resamples: Resamples, groups: options?.Groups);
        // The bootstrap is too sure of itself when examples are few, so the paired t-test may veto it.
        var p = total < 2 ? 1 : Math.Min(1, 2.0 * (Math.Min(above, below) + 1) / (total + 1));
        return Judge(Math.Max(p, double.IsNaN(pairedT) ? 1 : pairedT), Whole(count, model), Whole(count, other), kind, method);
    }

    static ModelComparison Judge(double p, double model, double other, MetricKind kind, string method)
    {
        var better = kind.HigherIsBetter ? model > other : model < other;
        var worse = kind.HigherIsBetter ? model < other : model > other;
        var verdict = p > Level ? ComparisonVerdict.Ties
            : better ? ComparisonVerdict.Beats
            : worse ? ComparisonVerdict.Worse
            : ComparisonVerdict.Ties;
        return new ModelComparison(verdict, p, model, other, method);
    }

    static double Whole(int count, Func<ReadOnlySpan<int>, double> statistic)
    {
        var weights = new int[count];
        Array.Fill(weights, 1);
        return count == 0 ? double.NaN : statistic(weights);
    }

    /// <summary>Two-sided p of the paired t-test; 1 when there is nothing to tell apart.</summary>
    static double PairedT(double[] first, double[] second)
    {
        var differences = first.Zip(second, (a, b) => a - b).ToArray();
        if (differences.Length < 2)
            return 1;
        var mean = differences.Average();
        var error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1) / differences.Length);
        if (error == 0)
            return mean == 0 ? 1 : 0;
        return 2 * StudentT.CDF(0, 1, differences.Length - 1, -Math.Abs(mean / error));
    }
}
