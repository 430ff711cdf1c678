namespace Pessimist.Evaluation;

/// <summary>How an interval is computed.</summary>
/// <param name="Confidence">Share of such intervals that hold the true value.</param>
/// <param name="Seed">For the bootstrap.</param>
/// <param name="Groups">The group of each example when examples are not independent; the interval then comes from resampling groups.</param>
public sealed record IntervalOptions(double Confidence = 0.95, int Seed = 0, int[]? Groups = null);

/// <summary>Metrics with intervals: Wilson for rates, percentile bootstrap over examples (or groups) for the others.</summary>
public static class Metrics
{
    /// <param name="kind">A classification metric.</param>
    /// <param name="labels">Class ids in 0..K-1.</param>
    /// <param name="predictions">Predicted class ids in 0..K-1.</param>
    /// <param name="probabilities">n x K, row-major; may be null where the metric does not need them.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">Null for a 95 % interval of independent examples.</param>
    public static MetricValue Classification(
        MetricKind kind, int[] labels, int[] predictions, float[]? probabilities, int classes, IntervalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentOutOfRangeException.ThrowIfNotEqual(predictions.Length, labels.Length);
        options ??= new IntervalOptions();
        if (kind.IsRate && options.Groups is null)
            return MetricValue.From(kind, Rate(kind, labels, predictions, options), labels.Length);
        return Bootstrapped(kind, labels.Length, options, ClassStatistic(kind, labels, predictions, probabilities, classes));
    }

    /// <param name="kind">A regression metric.</param>
    /// <param name="targets">n x outputs, row-major.</param>
    /// <param name="predictions">n x outputs, row-major.</param>
    /// <param name="outputs">Numbers per example; a metric averages over them.</param>
    /// <param name="options">Null for a 95 % interval of independent examples.</param>
    public static MetricValue Regression(MetricKind kind, float[] targets, float[] predictions, int outputs = 1, IntervalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        return Bootstrapped(
            kind, targets.Length / Math.Max(1, outputs), options ?? new IntervalOptions(), ValueStatistic(kind, targets, predictions, outputs));
    }

    /// <summary>The metric as a function of how often each example counts.</summary>
    internal static Func<ReadOnlySpan<int>, double> ClassStatistic(
        MetricKind kind, int[] labels, int[] predictions, float[]? probabilities, int classes)
    {
        if (kind.IsRegression)
            throw new ArgumentException($"'{kind.Name}' is a metric for numbers, not for classes.", nameof(kind));
        if (kind.NeedsProbabilities && probabilities is null)
            throw new ArgumentException($"'{kind.Name}' needs class probabilities.", nameof(probabilities));
        return kind switch
        {
            MetricKind.Error => Mean(Losses.ZeroOne(labels, predictions)),
            MetricKind.Accuracy => Minus(1, Mean(Losses.ZeroOne(labels, predictions))),
            MetricKind.LogLoss => Mean(Losses.CrossEntropy(labels, probabilities, classes)),
            MetricKind.Auc => RankMetrics.Auc(labels, probabilities!, classes),
            _ => ConfusionMetrics.Of(kind, labels, predictions, classes),
        };
    }

    internal static Func<ReadOnlySpan<int>, double> ValueStatistic(MetricKind kind, float[] targets, float[] predictions, int outputs) => kind switch
    {
        MetricKind.Mse => Mean(Losses.Squared(targets, predictions, outputs)),
        MetricKind.Rmse => Root(Mean(Losses.Squared(targets, predictions, outputs))),
        MetricKind.Mae => Mean(Losses.Absolute(targets, predictions, outputs)),
        MetricKind.R2 => RSquared(targets, predictions, outputs),
        _ => throw new ArgumentException($"'{kind.Name}' is a metric for classes, not for numbers.", nameof(kind)),
    };

    static Estimate Rate(MetricKind kind, int[] labels, int[] predictions, IntervalOptions options)
    {
        var rate = ErrorRate.Of(labels, predictions);
        return kind == MetricKind.Error
            ? rate.Interval(options.Confidence)
            : Wilson.Interval(labels.Length - rate.Errors, labels.Length, options.Confidence);
    }

    static MetricValue Bootstrapped(MetricKind kind, int count, IntervalOptions options, Func<ReadOnlySpan<int>, double> statistic) =>
        MetricValue.From(kind, Bootstrap.Percentile(
            count, statistic, options.Seed, options.Confidence, resamples: count > 20_000 ? 500 : 2000, options.Groups), count);

    static Func<ReadOnlySpan<int>, double> Mean(double[] losses) => weights =>
    {
        double sum = 0;
        long total = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * losses[i];
            total += weights[i];
        }

        return sum / total;
    };

    static Func<ReadOnlySpan<int>, double> Minus(double from, Func<ReadOnlySpan<int>, double> statistic) => weights => from - statistic(weights);

    static Func<ReadOnlySpan<int>, double> Root(Func<ReadOnlySpan<int>, double> statistic) => weights => Math.Sqrt(statistic(weights));

    /// <summary>1 - residual / total sum of squares, averaged over outputs; NaN where a target is constant.</summary>
    static Func<ReadOnlySpan<int>, double> RSquared(float[] targets, float[] predictions, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(predictions.Length, targets.Length);
        return weights =>
        {
            var average = 0.0;
            for (var o = 0; o < outputs; o++)
            {
                double mean = 0, total = 0, residual = 0, spread = 0;
                for (var i = 0; i < weights.Length; i++)
                {
                    mean += weights[i] * (double)targets[i * outputs + o];
                    total += weights[i];
                }

                mean /= total;
                for (var i = 0; i < weights.Length; i++)
                {
                    double target = targets[i * outputs + o], off = predictions[i * outputs + o] - target;
                    residual += weights[i] * off * off;
                    spread += weights[i] * (target - mean) * (target - mean);
                }

                average += (spread > 0 ? 1 - residual / spread : double.NaN) / outputs;
            }

            return average;
        };
    }
}
