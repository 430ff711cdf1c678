using Pessimist.Evaluation;
using Pessimist.Evaluation.KnownResults;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 9: training, validation and test error with intervals, taken apart as the playbook's P3.1.</summary>
sealed class EvaluateStage : Stage
{
    public override string Name => "evaluate";

    public override IReadOnlyList<Type> Needs => [typeof(TrainStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        var evaluation = ModelEvaluation.Measure(context, context.Trained!, "start", cancel);
        context.Evaluation = evaluation;
        Comparison.Record(context, evaluation, "start");
        var experiments = WhatIf.Run(context, evaluation, cancel);
        var share = !context.Metric.IsRegression;
        var test = evaluation.Metric("test");
        var known = KnownData.Quote(context, evaluation);
        var reached = evaluation.Meets(context.Goal);
        return StageOutcome.Passed($"test {context.Metric.Name} {Words.Value(share, test.Value)} ({Words.Value(share, test.Low)} to {Words.Value(share, test.High)}, n = {test.Count:N0})"
            + (context.Goal is null ? "" : reached ? ": the goal is met" : ": the goal is not met")
            + (context.Known?.Split == KnownSplit.Published && known is not null ? $"; {known}" : "")) with
        {
            Evidence =
            [
                .. evaluation.Splits.Select(s => $"{s.Name}: {context.Metric.Name} {Words.Value(share, s.Value.Value)} ({Words.Value(share, s.Value.Low)} to {Words.Value(share, s.Value.High)}, n = {s.Value.Count:N0})"),
                .. evaluation.Decomposition.Gaps.Select(g => g.Sentence),
                evaluation.Decomposition.Method,
                .. known is null ? Array.Empty<string>() : [known],
                .. experiments.Select(e => $"{e.Question} {e.Reading}"),
            ],
        };
    }
}
