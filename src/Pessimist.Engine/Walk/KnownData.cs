using Pessimist.Evaluation;
using Pessimist.Evaluation.KnownResults;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk;

/// <summary>What is published on the data at hand, where they are recognized (P2.16 to P2.21).</summary>
static class KnownData
{
    /// <summary>One sentence, or nothing.</summary>
    public static string? Quote(WalkContext context, ModelEvaluation evaluation)
    {
        if (context.Known is not { } known || KnownComparison.Quote(known, context.Setup.ModelName, ErrorsOf(evaluation)) is not { } quote) return null;
        return known.Split == KnownSplit.Published && context.Trained is { Ending: TrainingEnding.BudgetSpent } cut ? $"{quote}, after {Words.Count(cut.Epochs.Count, "epoch")}, cut short by the budget" : quote;
    }

    /// <summary>
    /// Records the last network beside the published result that it should reach. A network whose training was cut short, by the budget or by --epochs, is
    /// not judged: its epochs explain the gap.
    /// </summary>
    public static void Judge(WalkContext context)
    {
        if (context is not { Known: { } known, Evaluation: { } evaluation, Trained: { } trained }) return;
        var whole = trained.Ending == TrainingEnding.EarlyStopped || trained.Ending != TrainingEnding.BudgetSpent && trained.Ending != TrainingEnding.Diverged && context.Options.Epochs is null;
        if (!whole || KnownComparison.Judge(known, context.Setup.ModelName) is not { } bar) return;
        var ours = ErrorsOf(evaluation);
        var interval = ours.Interval();
        context.Run.Add(new KnownResultCompared
        {
            Name = bar.Name,
            Metric = MetricKind.Error.Name,
            HigherIsBetter = false,
            KnownLow = bar.Error.Low,
            KnownHigh = bar.Error.High,
            Source = bar.Source,
            Value = ours.Value,
            Low = interval.Low,
            High = interval.High,
            Count = ours.Count ?? 0,
        });
    }

    static ErrorRate ErrorsOf(ModelEvaluation evaluation)
    {
        var test = evaluation.Of("test");
        return ErrorRate.Of(test.Labels, test.Classes);
    }
}
