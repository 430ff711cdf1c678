using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 7: super-simple baselines on the test set (P2.22): does a network learn anything that they do not?</summary>
sealed class BaselinesStage : Stage
{
    const int MostRows = 10_000;

    public override string Name => "baselines";

    public override IReadOnlyList<Type> Needs => [typeof(DataStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        context.Progress.Stepped(new WalkStep("fitting majority or mean, linear model, nearest neighbours", 0, 0));
        var options = new BaselineOptions { Seed = context.Options.Seed, Cancellation = cancel, MaxTrainingRows = MostRows };
        var results = context.Prepared.Targets.IsClassification ? ForClasses(context, options) : ForValues(context, options);
        context.Baselines = results;
        foreach (var result in results)
        {
            context.Run.Add(new BaselineMeasured
            {
                Name = result.Name,
                Split = "test",
                Metric = result.Metric.Kind.Name,
                Value = result.Metric.Value,
                Low = result.Metric.Low,
                High = result.Metric.High,
                Seconds = result.Seconds,
            });
        }

        if (BaselineLadder.Best(results) is not { } best) return StageOutcome.NotEnoughEvidence("no baseline could be measured");
        var share = !best.Metric.Kind.IsRegression;
        return StageOutcome.Passed($"best: {best.Name}, test {best.Metric.Kind.Name} {Words.Value(share, best.Metric.Value)}") with
        {
            Evidence = [.. results.Select(r => $"{r.Description}: {r.Metric.Kind.Name} {Words.Value(share, r.Metric.Value)} ({Words.Value(share, r.Metric.Low)} to {Words.Value(share, r.Metric.High)}, n = {r.Metric.Count:N0})")],
        };
    }

    static IReadOnlyList<BaselineResult> ForClasses(WalkContext context, BaselineOptions options)
    {
        ClassifiedRows Rows(DataSet data) => new(Features(data), data.Classes);
        return BaselineLadder.ForClasses(Rows(context.Train), Rows(context.Validation.Take(MostRows, options.Seed)), Rows(context.Test), context.Train.OutputWidth, context.Metric, options);
    }

    /// <summary>Numbers in the unit of the data; for multi-label the probabilities are the numbers, judged by their squared error (Brier 1950).</summary>
    static IReadOnlyList<BaselineResult> ForValues(WalkContext context, BaselineOptions options)
    {
        ValuedRows Rows(DataSet data, int[] rows) => new(Features(data), context.Prepared.Encoded.Subset(rows).Values, data.OutputWidth);
        var split = context.Prepared.Split;
        return BaselineLadder.ForValues(Rows(context.Train, split.Train), Rows(context.Validation, split.Validation), Rows(context.Test, split.Test), Comparison.MetricFor(context), options);
    }

    static FeatureMatrix Features(DataSet data) => new(data.Inputs, data.InputLength);
}
