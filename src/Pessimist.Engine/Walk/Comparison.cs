using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk;

/// <summary>The network against each baseline on the same test examples.</summary>
static class Comparison
{
    /// <summary>The metric that network and baselines are compared by.</summary>
    public static MetricKind MetricFor(WalkContext context) => context.Prepared.Targets.Task == TaskKind.MultiLabel ? MetricKind.Mse : context.Metric;

    public static void Record(WalkContext context, ModelEvaluation evaluation, string model)
    {
        var test = evaluation.Of("test");
        foreach (var baseline in context.Baselines)
        {
            var compared = Compare(context, test, baseline);
            context.Run.Add(new BaselineCompared
            {
                Model = model,
                Baseline = baseline.Name,
                Split = "test",
                Metric = baseline.Metric.Kind.Name,
                ModelValue = compared.Model,
                BaselineValue = compared.Other,
                P = compared.P,
                Count = baseline.Metric.Count,
                ModelIsBetter = baseline.Metric.Kind.HigherIsBetter ? compared.Model > compared.Other : compared.Model < compared.Other,
            });
        }
    }

    /// <summary>One network against another on the same examples.</summary>
    public static ModelComparison Between(WalkContext context, Predictions model, Predictions other)
    {
        var metric = MetricFor(context);
        if (model.IsRegression) return ModelComparison.ForValues(metric, model.Targets, model.Values, other.Values, model.Outputs);
        if (model.Task == TaskKind.MultiLabel)
            return ModelComparison.ForValues(metric, Array.ConvertAll(model.Labels, l => (float)l), model.Probabilities, other.Probabilities, model.Outputs);
        return ModelComparison.ForClasses(metric, model.Labels, new ClassPredictions(model.Classes, model.Probabilities), new ClassPredictions(other.Classes, other.Probabilities), model.Outputs);
    }

    static ModelComparison Compare(WalkContext context, Predictions test, BaselineResult baseline)
    {
        var metric = MetricFor(context);
        if (baseline.Classes is { } classes)
            return ModelComparison.ForClasses(metric, test.Labels, new ClassPredictions(test.Classes, test.Probabilities), classes, test.Outputs);
        var (targets, values) = test.IsRegression ? (test.Targets, test.Values) : (Array.ConvertAll(test.Labels, l => (float)l), test.Probabilities);
        return ModelComparison.ForValues(metric, targets, values, baseline.Values!, test.Outputs);
    }
}
