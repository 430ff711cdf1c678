using System.Diagnostics;
using Pessimist.Engine.Walk.Stages;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Engine.Walk;

/// <summary>The walk through the playbook: from a data set to a diagnosis.</summary>
public sealed class PlaybookWalk(DiagnoseOptions options, IWalkProgress progress, TimeProvider? clock = null)
{
    readonly Func<Stage[]> _stages = CreateStages;

    /// <summary>A part of the walk: for tests that need no network.</summary>
    internal PlaybookWalk(DiagnoseOptions options, IWalkProgress progress, Func<Stage[]> stages) : this(options, progress) => _stages = stages;

    static Stage[] CreateStages() =>
    [
        new TargetStage(),
        new DataStage(),
        new StartSimpleStage(),
        new ForwardBackwardStage(),
        new InitialLossStage(),
        new SingleBatchStage(),
        new BaselinesStage(),
        new TrainStage(),
        new EvaluateStage(),
        new ErrorsStage(),
        new TuneStage(),
        new NextStage(),
    ];

    /// <summary>
    /// Runs every stage that its predecessors allow and records all of it in <paramref name="run"/>.
    /// On cancellation the run ends as interrupted and holds what was seen until then.
    /// </summary>
    /// <exception cref="PessimistException">The data or an option cannot be used.</exception>
    public RunEnding Execute(Run run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var context = new WalkContext(options, run, progress, clock ?? TimeProvider.System);
        var stages = _stages();
        var before = new Dictionary<Type, (string Name, StageOutcome Outcome)>();
        try
        {
            for (var i = 0; i < stages.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                before[stages[i].GetType()] = (stages[i].Name, RunOne(stages[i], i + 1, stages.Length, before, context, cancel));
            }
            run.Add(new RunEnded { Ending = RunEnding.Completed, At = context.Elapsed.TotalSeconds });
            return RunEnding.Completed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            run.Add(new RunEnded { Ending = RunEnding.Interrupted, Message = "interrupted", At = context.Elapsed.TotalSeconds });
            return RunEnding.Interrupted;
        }
        catch (Exception e)
        {
            run.Add(new RunEnded { Ending = RunEnding.Failed, Message = e.Message, At = context.Elapsed.TotalSeconds });
            throw;
        }
    }

    StageOutcome RunOne(Stage stage, int number, int count, Dictionary<Type, (string Name, StageOutcome Outcome)> before, WalkContext context, CancellationToken cancel)
    {
        progress.StageStarted(number, count, stage.Name);
        var started = Stopwatch.GetTimestamp();
        var outcome = Blocker(stage, before) is { } why
            ? StageOutcome.Skipped(why)
            : stage.Run(context, cancel);
        var finished = new StageFinished
        {
            Number = number,
            Name = stage.Name,
            Status = outcome.Status,
            Summary = outcome.Summary,
            Evidence = outcome.Evidence,
            Help = outcome.Help,
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            At = context.Elapsed.TotalSeconds,
        };
        context.Run.Add(finished);
        progress.StageFinished(finished);
        return outcome;
    }

    static string? Blocker(Stage stage, Dictionary<Type, (string Name, StageOutcome Outcome)> before)
    {
        foreach (var need in stage.Needs)
        {
            if (!before.TryGetValue(need, out var stood)) continue;
            if (stood.Outcome.Status == StageStatus.Skipped) return $"waits for \"{stood.Name}\", which was skipped";
            if (stood.Outcome is { Status: StageStatus.Failed, Stops: true }) return $"waits for \"{stood.Name}\", which failed";
        }

        return null;
    }
}
