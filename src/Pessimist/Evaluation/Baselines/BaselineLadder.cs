using System.Diagnostics;

namespace Pessimist.Evaluation;

/// <summary>
/// The super-simple models a network must beat: does it learn anything at all? Fitted on the training rows, settings chosen on the validation
/// rows, scored on the evaluation rows (which may be the validation rows when there are no others). Features on a common scale, as the network
/// gets them.
/// </summary>
public static class BaselineLadder
{
    /// <summary>Majority class, nearest class mean, softmax regression, k-NN.</summary>
    public static IReadOnlyList<BaselineResult> ForClasses(
        ClassifiedRows train, ClassifiedRows validation, ClassifiedRows evaluation, int classes, MetricKind metric, BaselineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(evaluation);
        options ??= new BaselineOptions();
        var thinned = Thinned(train.Count, options) is { } rows ? train.Select(rows) : train;
        return
        [
            Score(() => MajorityClass.Fit(train.Labels, classes)),
            Score(() => NearestClassMean.Fit(train, classes)),
            Score(() => SoftmaxRegression.Choose(thinned, validation, classes, options.Cancellation)),
            Score(() => KNearestClassifier.Choose(thinned, validation, classes, options.Neighbours, options.Cancellation)),
        ];

        BaselineResult Score(Func<IClassifier> fit)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            var model = fit();
            var predictions = model.Predict(evaluation.Features);
            var seconds = watch.Elapsed.TotalSeconds;
            var value = Metrics.Classification(metric, evaluation.Labels, predictions.Classes, predictions.Probabilities, classes, options.Intervals);
            return new BaselineResult(model.Name, model.Description, value, seconds) { Classes = predictions };
        }
    }

    /// <summary>Mean, median, ridge regression, k-NN.</summary>
    public static IReadOnlyList<BaselineResult> ForValues(
        ValuedRows train, ValuedRows validation, ValuedRows evaluation, MetricKind metric, BaselineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(evaluation);
        options ??= new BaselineOptions();
        var thinned = Thinned(train.Count, options) is { } rows ? train.Select(rows) : train;
        return
        [
            Score(() => ConstantTarget.Mean(train)),
            Score(() => ConstantTarget.Median(train)),
            Score(() => RidgeRegression.Choose(train, validation)),
            Score(() => KNearestRegressor.Choose(thinned, validation, options.Neighbours, options.Cancellation)),
        ];

        BaselineResult Score(Func<IRegressor> fit)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            var model = fit();
            var predictions = model.Predict(evaluation.Features);
            var seconds = watch.Elapsed.TotalSeconds;
            var value = Metrics.Regression(metric, evaluation.Targets, predictions, evaluation.Outputs, options.Intervals);
            return new BaselineResult(model.Name, model.Description, value, seconds) { Values = predictions };
        }
    }

    /// <summary>The best of them; the simpler one when several are equal. Null when none has a score.</summary>
    public static BaselineResult? Best(IReadOnlyList<BaselineResult> baselines)
    {
        ArgumentNullException.ThrowIfNull(baselines);
        BaselineResult? best = null;
        foreach (var baseline in baselines)
            if (!double.IsNaN(baseline.Metric.Value) && (best is null || baseline.Metric.IsBetterThan(best.Metric))) best = baseline;
        return best;
    }

    static int[]? Thinned(int count, BaselineOptions options)
    {
        if (count <= options.MaxTrainingRows)
            return null;
        var order = Enumerable.Range(0, count).ToArray();
        new Random(options.Seed).Shuffle(order);
        var kept = order[..options.MaxTrainingRows];
        Array.Sort(kept);
        return kept;
    }
}
