using Pessimist.Data;
using Pessimist.Data.Inputs;
using Pessimist.Data.Sequences;
using Pessimist.Evaluation;
using Pessimist.Evaluation.KnownResults;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>Stage 1: reads the data and settles what is predicted, the one metric, the goal and the test set.</summary>
sealed class TargetStage : Stage
{
    public override string Name => "target";

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        var options = context.Options;
        var prepared = Prepare(context, cancel);
        var raw = prepared.Raw;
        context.Prepared = prepared;
        context.Metric = MetricOf(options.Metric, prepared.Targets.Task);
        context.Goal = GoalOf(options, prepared.Targets.Task);
        Record(context, prepared);
        context.Known = Recognition.Of(DataFingerprint.Of(raw, prepared.Targets));

        var goal = GoalWords(context);
        return StageOutcome.Passed($"predict {TargetWords(prepared)}; metric {context.Metric.Name}; {(context.Goal is null ? "no goal was given" : goal)}") with
        {
            Evidence = [prepared.Targets.Explanation, prepared.Split.Explanation, goal, .. context.Known is { } known ? [known.Words] : Array.Empty<string>(), .. raw.Notes],
            Help = context.Goal is null ? ["say what is good enough with --goal 0.02 (or --human 0.02): without it nobody can tell underfitting from a hard task"] : [],
        };
    }

    static PreparedData Prepare(WalkContext context, CancellationToken cancel)
    {
        var options = context.Options;
        var target = options.Targets.Count == 0 ? null : string.Join(",", options.Targets);
        context.Progress.Stepped(new WalkStep($"reading {options.Data}", 0, 0));
        var reading = new ReadOptions { Cancellation = cancel, As = options.As };
        if (options.Inputs.Count > 0)
        {
            var joined = InputJoiner.Read(options.Inputs, options.InputId, reading);
            context.Progress.Stepped(new WalkStep("splitting and encoding", 0, 0));
            return InputPreparation.Prepare(joined, Preparation(options, target));
        }

        var raw = DataReader.Read(options.Data, options.Test, reading);
        cancel.ThrowIfCancellationRequested();
        if (options.Sequences is { } columns)
        {
            raw = LongTable.Group(raw, columns, target);
            target = null;
        }

        context.Progress.Stepped(new WalkStep("splitting and encoding", 0, 0));
        return PreparedData.From(raw, Preparation(options, target));
    }

    static PrepareOptions Preparation(DiagnoseOptions options, string? target) => new()
    {
        Target = new TargetOptions
        {
            Target = target,
            Task = options.Task,
            Group = options.Split.Method == SplitMethod.Group ? options.Split.Column : null,
            Time = options.Split.Method == SplitMethod.Time ? options.Split.Column : null,
        },
        Split = SplitOf(options),
        Normalization = options.Normalize ? null : Normalization.None,
    };

    static SplitOptions SplitOf(DiagnoseOptions options)
    {
        var split = new SplitOptions { Seed = options.Seed, Stratified = options.Split.Method != SplitMethod.Random };
        if (options.Split.Shares is not { } shares) return split;
        return split with { Validation = shares.Validation, Test = shares.Test };
    }

    static MetricKind MetricOf(string? name, TaskKind task)
    {
        if (name is null) return task == TaskKind.Regression ? MetricKind.Rmse : MetricKind.Error;
        var metric = MetricKinds.Parse(name);
        if (metric.IsRegression == (task == TaskKind.Regression)) return metric;
        var fitting = MetricKinds.Names.Where(n => MetricKinds.Parse(n).IsRegression == (task == TaskKind.Regression));
        throw new PessimistException($"--metric {name} does not fit a {task.Name()} task", $"use one of {string.Join(", ", fitting)}");
    }

    static double? GoalOf(DiagnoseOptions options, TaskKind task)
    {
        var (option, goal) = options.Goal is not null ? ("--goal", options.Goal) : ("--human", options.Human);
        if (task != TaskKind.Regression && goal > 1)
            throw new PessimistException(FormattableString.Invariant($"{option} {goal} is no error rate: it must be a share from 0 to 1, or a percentage"),
                FormattableString.Invariant($"write {option} {goal}% for {goal} errors among 100"));
        return goal;
    }

    static string TargetWords(PreparedData prepared) => prepared.Targets.Task switch
    {
        TaskKind.Regression => $"{string.Join(", ", prepared.Targets.Columns)} (regression)",
        TaskKind.MultiLabel => $"{Words.Count(prepared.Targets.Columns.Count, "label")} at once (multi-label)",
        _ => $"{string.Join(", ", prepared.Targets.Columns)} ({Words.Count(prepared.Targets.ClassNames.Count, "class", "classes")})",
    };

    static string GoalWords(WalkContext context)
    {
        var share = !context.Metric.IsRegression;
        if (context.Options.Goal is { } goal) return $"goal: {context.ErrorKind.Name} {Words.Value(share, goal)}, as --goal says";
        if (context.Options.Human is { } human) return $"goal: {context.ErrorKind.Name} {Words.Value(share, human)}, the error of a person, as --human says";
        return "no goal was given: the irreducible error is taken as unknown, so underfitting cannot be called";
    }

    static void Record(WalkContext context, PreparedData prepared)
    {
        context.Run.Add(new TargetChosen
        {
            Target = string.Join(", ", prepared.Targets.Columns),
            Task = prepared.Targets.Task.Name(),
            Metric = context.Metric.Name,
            HigherIsBetter = context.Metric.HigherIsBetter,
            Goal = context.Goal,
            GoalFrom = GoalWords(context),
            Classes = prepared.Targets.ClassNames,
        });
        foreach (var (name, rows) in new[] { ("train", prepared.Split.Train), ("validation", prepared.Split.Validation), ("test", prepared.Split.Test) })
        {
            context.Run.Add(new SplitMade
            {
                Split = name,
                Count = rows.Length,
                How = prepared.Split.TestWasGiven && name == "test" ? "given" : prepared.Split.Kind.ToString(),
                Classes = prepared.Targets.IsClassification
                    ? [.. prepared.Targets.ClassNames.Select((c, k) => new ClassCount(c, rows.Count(r => prepared.Targets.Classes[r] == k)))]
                    : [],
            });
        }
    }
}
