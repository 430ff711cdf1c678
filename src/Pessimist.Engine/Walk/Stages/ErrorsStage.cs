using System.Globalization;
using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 10: which classes are confused, and which examples the network gets most wrong. Looks at validation data: the test set stays unseen.</summary>
sealed class ErrorsStage : Stage
{
    const int Shown = 12;
    const int MostClasses = 60;

    public override string Name => "errors";

    public override IReadOnlyList<Type> Needs => [typeof(EvaluateStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        var predictions = context.Evaluation!.Of("validation");
        var data = context.Validation;
        RecordHardest(context, predictions, data);
        var facts = ErrorFacts.Record(context, predictions, cancel);
        if (predictions.Task == TaskKind.MultiLabel) return StageOutcome.Passed("the examples with the highest loss are listed");
        if (predictions.IsRegression)
            return StageOutcome.Passed($"largest errors listed; the worst tenth makes {Words.Percent(ShareOfWorst(predictions.PerExampleTrainingLoss(), 0.1))} of the squared error") with { Evidence = facts };

        var matrix = new ConfusionMatrix(predictions.Labels, predictions.Classes, predictions.Outputs);
        var names = data.ClassNames;
        var pairs = matrix.MostConfused(Shown);
        context.Run.Add(new ConfusionMeasured
        {
            Split = "validation",
            Classes = names,
            Counts = names.Count > MostClasses ? [] : [.. Enumerable.Range(0, names.Count).Select(i => (IReadOnlyList<int>)[.. Enumerable.Range(0, names.Count).Select(j => matrix[i, j])])],
            Pairs =
            [
                .. pairs.Select(p => new ConfusedPair(names[p.Label], names[p.Predicted], p.Count, p.Share, p.Rate.Value, p.Rate.Low, p.Rate.High, [.. p.Examples.Select(data.Id)])),
            ],
        });
        if (matrix.Errors == 0) return StageOutcome.Passed($"no error among {Words.Count(matrix.Count, "validation example")}") with { Evidence = facts };
        var worst = pairs[0];
        return StageOutcome.Passed($"{Words.Count(matrix.Errors, "error")} among {Words.Count(matrix.Count, "validation example")}; most confused: {names[worst.Label]} taken for {names[worst.Predicted]} ({worst.Count})") with
        {
            Evidence =
            [
                .. pairs.Take(5).Select(p => string.Create(CultureInfo.InvariantCulture,
                    $"{names[p.Label]} taken for {names[p.Predicted]}: {p.Count}, {Words.Percent(p.Rate.Value)} of its examples ({Words.Percent(p.Rate.Low)} to {Words.Percent(p.Rate.High)}){(p.IsExceptional ? ", more than chance" : "")}: {string.Join(", ", p.Examples.Take(3).Select(data.Id))}")),
                .. matrix.Recalls().Where(r => r.Count > 0).OrderBy(r => r.Recall.Value).Take(2).Select(r =>
                    $"lowest recall: {names[r.Label]} {Words.Percent(r.Recall.Value)} ({Words.Percent(r.Recall.Low)} to {Words.Percent(r.Recall.High)}, n = {r.Count})"),
                .. facts,
            ],
        };
    }

    static double ShareOfWorst(double[] losses, double share)
    {
        var sorted = losses.OrderDescending().ToArray();
        var total = sorted.Sum();
        return total > 0 ? sorted.Take(Math.Max(1, (int)(share * sorted.Length))).Sum() / total : 0;
    }

    static void RecordHardest(WalkContext context, Predictions predictions, DataSet data)
    {
        var losses = predictions.PerExampleTrainingLoss();
        var single = predictions.Task is TaskKind.Binary or TaskKind.MultiClass;
        var top = single ? TopLosses.Of(losses, Shown, predictions.Labels, perClass: 4) : TopLosses.Of(losses, Shown);
        foreach (var i in top.Highest)
        {
            // For multi-label a decision is one label of one example.
            var example = predictions.Task == TaskKind.MultiLabel ? i / predictions.Outputs : i;
            var picture = Pictures.Of(context.Prepared, data, example);
            context.Run.Add(new HardExample
            {
                Id = data.Id(example),
                Split = "validation",
                Given = Given(predictions, data, i),
                Predicted = Predicted(predictions, data, i),
                Loss = losses[i],
                Probability = single ? predictions.Probabilities[i * predictions.Outputs + predictions.Classes[i]] : null,
                Picture = picture,
                Features = picture is null ? Unusual(context, data, example) : [],
            });
        }
    }

    static string Given(Predictions p, DataSet data, int i) => p.Task switch
    {
        TaskKind.Regression => Words.Number(p.Targets[i * p.Outputs]),
        TaskKind.MultiLabel => $"{data.TargetNames[i % p.Outputs]} {p.Labels[i]}",
        _ => data.ClassNames[p.Labels[i]],
    };

    static string Predicted(Predictions p, DataSet data, int i) => p.Task switch
    {
        TaskKind.Regression => Words.Number(p.Values[i * p.Outputs]),
        TaskKind.MultiLabel => $"{data.TargetNames[i % p.Outputs]} {p.Classes[i]}",
        _ => data.ClassNames[p.Classes[i]],
    };

    /// <summary>The features farthest from the training mean: inputs are normalised, so their size says it.</summary>
    static IReadOnlyList<FeatureValue> Unusual(WalkContext context, DataSet data, int example)
    {
        if (data.Features.Count == 0) return [];
        var raw = context.Prepared.Encoded.Subset([context.Prepared.Split.Validation[example]]);
        var normalized = data.Input(example).ToArray();
        return
        [
            .. Enumerable.Range(0, normalized.Length).OrderByDescending(j => Math.Abs(normalized[j])).Take(5).Order()
                .Select(j => new FeatureValue(data.Features[j].Name, Words.Number(raw.Input(0)[j]))),
        ];
    }
}
