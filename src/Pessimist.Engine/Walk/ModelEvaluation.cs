using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk;

/// <summary>One model on training, validation and test data, with the error taken apart; used for the simple start and for the tuned network.</summary>
sealed class ModelEvaluation
{
    /// <summary>The training error is measured on this many examples at most: its interval is narrow enough.</summary>
    const int MostTrain = 20_000;

    public required IReadOnlyList<(string Name, Predictions Predictions, MetricValue Value)> Splits { get; init; }

    public required Decomposition Decomposition { get; init; }

    /// <summary>The test error in the unit of the goal.</summary>
    public required double TestError { get; init; }

    public bool Meets(double? goal) => goal is { } g && TestError <= g;

    public MetricValue Metric(string split) => Splits.First(s => s.Name == split).Value;

    public Predictions Of(string split) => Splits.First(s => s.Name == split).Predictions;

    /// <summary>Predicts all three splits, records the metrics and the decomposition under the model's name.</summary>
    public static ModelEvaluation Measure(WalkContext context, TrainedModel model, string name, CancellationToken cancel)
    {
        var train = context.Train.Take(MostTrain, context.Options.Seed);
        var splits = new List<(string Name, Predictions Predictions, MetricValue Value)>();
        foreach (var (split, data) in new[] { ("train", train), ("validation", context.Validation), ("test", context.Test) })
        {
            cancel.ThrowIfCancellationRequested();
            context.Progress.Stepped(new WalkStep($"{split} error", splits.Count, 3));
            var predictions = model.Predict(data, context.Prepared, cancel);
            splits.Add((split, predictions, predictions.Metric(context.Metric)));
        }

        var decomposition = TakeApart(context, splits);
        Record(context, name, splits, decomposition);
        return new ModelEvaluation { Splits = splits, Decomposition = decomposition, TestError = splits[2].Predictions.Metric(context.ErrorKind).Value };
    }

    static Decomposition TakeApart(WalkContext context, List<(string Name, Predictions Predictions, MetricValue Value)> splits)
    {
        Predictions train = splits[0].Predictions, validation = splits[1].Predictions, test = splits[2].Predictions;
        if (train.IsRegression)
        {
            return LossDecomposition.Of(new SplitLosses
            {
                Goal = context.Goal,
                Train = train.PerExampleLoss(context.ErrorKind),
                Validation = validation.PerExampleLoss(context.ErrorKind),
                Test = test.PerExampleLoss(context.ErrorKind),
                Root = context.ErrorKind == MetricKind.Rmse,
                Seed = context.Options.Seed,
            });
        }

        return Decomposition.Of(new SplitErrors
        {
            Goal = context.Goal is { } goal ? ErrorRate.Exactly(Math.Clamp(goal, 0, 1)) : null,
            Train = ErrorRate.Of(train.Labels, train.Classes),
            Validation = ErrorRate.Of(validation.Labels, validation.Classes),
            Test = ErrorRate.Of(test.Labels, test.Classes),
            Configurations = context.Configurations,
        });
    }

    static void Record(WalkContext context, string name, List<(string Name, Predictions Predictions, MetricValue Value)> splits, Decomposition decomposition)
    {
        foreach (var (split, predictions, value) in splits)
        {
            foreach (var metric in Metrics(context.Metric, predictions.Task).Select(m => m == context.Metric ? value : predictions.Metric(m)))
            {
                context.Run.Add(new Evaluated
                {
                    Model = name,
                    Split = split,
                    Metric = metric.Kind.Name,
                    Value = metric.Value,
                    Low = metric.Low,
                    High = metric.High,
                    Count = metric.Count,
                });
            }
        }

        context.Run.Add(new DecompositionMeasured
        {
            Model = name,
            Metric = context.ErrorKind.Name,
            Terms =
            [
                .. context.Goal is { } goal ? [new DecompositionTerm("irreducible", goal, goal, goal, TermVerdict.Real, null, "the goal")] : Array.Empty<DecompositionTerm>(),
                .. decomposition.Gaps.Select(g => new DecompositionTerm(g.Term, g.Value, g.Low, g.High, (TermVerdict)g.Verdict, g.Detectable, g.Sentence)),
            ],
        });
    }

    /// <summary>The chosen metric first, then the plain error, which everybody asks for.</summary>
    static IEnumerable<MetricKind> Metrics(MetricKind chosen, TaskKind task) =>
        task == TaskKind.Regression ? new[] { chosen, MetricKind.Rmse, MetricKind.R2 }.Distinct() : new[] { chosen, MetricKind.Error }.Distinct();
}
