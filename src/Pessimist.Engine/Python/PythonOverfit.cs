using System.Diagnostics;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Engine.Python;

/// <summary>Tries to overfit the first training batch of a PyTorch program and, when that fails, looks for the cause by changing one thing at a time.</summary>
public static class PythonOverfit
{
    const string Stage = "single batch";

    /// <param name="said">Gets a line before each thing that takes time.</param>
    /// <param name="budget">Time for all trials together; when it is used up, what was found until then counts.</param>
    /// <returns>False when the program cannot be tried; its stage says why.</returns>
    public static bool Run(PythonInterpreter python, PythonCommand command, Run run, OverfitOptions options, TimeSpan budget, Action<string>? said, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        var start = Stopwatch.GetTimestamp();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(budget);
        SingleBatchOutcome? outcome = null;
        List<SingleBatchTried> tried = [];
        List<ExperimentFinished> experiments = [];
        PythonSubject? subject = null;
        try
        {
            said?.Invoke("looking at the first training step");
            subject = PythonSubject.Of(python, command, budget, out var why, time.Token);
            if (subject is null)
            {
                Finish(StageStatus.Skipped, $"the first batch cannot be tried: {why}");
                return false;
            }

            outcome = SingleBatchSession.Run(subject, 0, Record, said, options, time.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            said?.Invoke("the time is used up (--budget gives more)");
        }

        var verdict = outcome?.Verdict ?? (tried.Count > 0 ? tried.GroupBy(t => t.Verdict).MaxBy(g => g.Count())!.Key : SingleBatchVerdict.NotEnoughEvidence);
        string[] confirmed = [.. experiments.Where(e => e.Outcome == ExperimentOutcome.Confirmed).Select(e => e.Cause).OfType<string>().Distinct()];
        Finish(verdict switch
        {
            SingleBatchVerdict.Passes => StageStatus.Passed,
            SingleBatchVerdict.NotEnoughEvidence => StageStatus.NotEnoughEvidence,
            _ => StageStatus.Failed,
        }, verdict switch
        {
            SingleBatchVerdict.Passes => $"{Batch()} is learned by heart",
            SingleBatchVerdict.NotEnoughEvidence => $"undecided{(tried.Count > 0 ? $": {tried[0].Because}" : outcome is null ? ": the time was too short" : "")}",
            _ => $"{Batch()} is not learned by heart: it {Words(verdict)}; {(confirmed.Length == 0 ? "no cause was confirmed" : $"{string.Join(" and ", confirmed)}, confirmed")}",
        });
        return true;

        void Record(Observation observation)
        {
            if (observation is SingleBatchTried attempt) tried.Add(attempt);
            if (observation is ExperimentFinished experiment) experiments.Add(experiment);
            run.Add(observation);
        }

        string Batch() => subject is { Facts.BatchSize: > 0 and var size } ? FormattableString.Invariant($"the first batch of {size}") : "the first batch";

        void Finish(StageStatus status, string summary) => run.Add(new StageFinished
        {
            Number = 1,
            Name = Stage,
            Status = status,
            Summary = summary,
            Evidence = [.. tried.Select(t => FormattableString.Invariant($"seed {t.Seed}: {t.Because}")), .. experiments.Select(e => $"{e.Question} {e.Reading}")],
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        });
    }

    static string Words(SingleBatchVerdict verdict) => verdict switch
    {
        SingleBatchVerdict.GoesUp => "goes up",
        SingleBatchVerdict.Explodes => "explodes",
        SingleBatchVerdict.Oscillates => "oscillates",
        _ => "stays on a plateau",
    };
}
