using Pessimist.Advice;
using Pessimist.Checks;
using Pessimist.Data;
using Pessimist.Diagnosis;
using Pessimist.Evaluation;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 12: the playbook's ordered actions for what was found. Faults first, then underfitting, overfitting, shift, re-balance.</summary>
sealed class NextStage : Stage
{
    const int PerGap = 3;

    public override string Name => "next";

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        KnownData.Judge(context);
        var diagnosis = Diagnose.Everything(context.Run, context.Options.Checks);
        var actions = new List<NextAction>();
        foreach (var finding in diagnosis.Findings.Where(f => f.Level >= Level.Warning))
            foreach (var fix in finding.Fixes.Take(1))
                actions.Add(new NextAction { Action = fix, Why = $"{finding.Code}: {finding.Message}", Command = $"pessimist explain {finding.Code}" });
        if (context.Evaluation is { } evaluation) actions.AddRange(FromGaps(context, evaluation));
        if (actions.Count == 0) actions.Add(Default(context));
        foreach (var action in actions) context.Run.Add(action);
        return StageOutcome.Passed(actions[0].Action);
    }

    static IEnumerable<NextAction> FromGaps(WalkContext context, ModelEvaluation evaluation)
    {
        if (evaluation.Meets(context.Goal))
        {
            yield return new NextAction { Action = "stop here: the goal is met", Why = "more work on the same test set would only fit the test set" };
            yield break;
        }

        var situation = SituationOf(context);
        foreach (var gap in evaluation.Decomposition.Gaps.Where(g => g.Verdict == GapVerdict.Real))
        {
            var list = gap.Term switch
            {
                "avoidable-bias" => Playbook.Underfitting(situation),
                "variance" => Playbook.Overfitting(situation),
                "distribution-shift" => Playbook.Shift(situation),
                _ => Playbook.Rebalance(situation),
            };
            foreach (var suggestion in list.Take(PerGap))
                yield return new NextAction { Action = suggestion.Action, Why = $"{gap.Sentence}; {suggestion.Why}", Command = suggestion.Command };
        }

        if (context.Goal is null)
            yield return new NextAction { Action = "say what is good enough", Why = "without a goal nobody can tell underfitting from a hard task", Command = $"{situation.Command} --goal {SomeGoal(context, evaluation)}" };
    }

    /// <summary>An example of a goal in the right unit: a little better than now.</summary>
    static string SomeGoal(WalkContext context, ModelEvaluation evaluation) => context.Metric.IsRegression
        ? (0.8 * evaluation.TestError).ToString("G2", System.Globalization.CultureInfo.InvariantCulture)
        : Math.Max(0.01, Math.Round(0.8 * evaluation.TestError, 2)).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    static Situation SituationOf(WalkContext context)
    {
        var target = context.Options.Targets.Count == 0 ? "" : $" --target {string.Join(",", context.Options.Targets)}";
        return new Situation
        {
            Command = $"pessimist diagnose {context.Options.DataWords}{target}{(context.Options.Weights is { } weights ? $" --weights {weights}" : "")}",
            TransferFrom = Transfer.Fits(context) ? Transfer.HowToSave : null,
            Model = context.Setup.ModelName,
            TrainCount = context.Train.Count,
            WeightDecay = context.Setup.WeightDecay,
            Tuned = context.Configurations > 1,
            Pictures = context.Prepared.Raw.Kind == DataKind.Images || context.Prepared.ImageGuess is not null,
            Classification = context.Prepared.Targets.IsClassification,
        };
    }

    static NextAction Default(WalkContext context) => new()
    {
        Action = "give a goal, and let the tuning search longer",
        Why = "nothing was found that stands in the way",
        Command = $"{SituationOf(context).Command} --budget 15m",
    };
}
