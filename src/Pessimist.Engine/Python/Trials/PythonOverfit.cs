using System.Diagnostics;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Signals;

namespace Pessimist.Engine.Python.Trials;

/// <summary>Tries to overfit the first training batch of a PyTorch program and, when that fails, looks for the cause by changing one thing at a time.</summary>
public static class PythonOverfit
{
    const string Stage = "single batch";

    /// <summary>Steps on the program's own batches that show whether it learns.</summary>
    const int OwnSteps = 400;
    const int FewestOwnSteps = 20;

    /// <summary>Share of the first loss that a fall has to exceed (convention, as in <see cref="TrainingProgress"/>).</summary>
    const double SmallestFall = 0.05;

    /// <summary>Below this part of what knowing nothing costs, a program has learned, whatever its first batch does.</summary>
    const double Learned = 0.2;

    /// <param name="said">Gets a line before each thing that takes time.</param>
    /// <param name="budget">Time for all trials together; when it is used up, what was found until then counts.</param>
    /// <returns>False when the program failed before its first step.</returns>
    /// <exception cref="OperationCanceledException">It was stopped; what was found until then is in the run.</exception>
    public static bool Run(TrialProgram program, Run run, OverfitOptions options, TimeSpan budget, Action<string>? said, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        var start = Stopwatch.GetTimestamp();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(budget);
        SingleBatchOutcome? outcome = null;
        List<SingleBatchTried> tried = [];
        List<ExperimentFinished> experiments = [];
        List<Observation> records = [];
        PythonSubject? subject = null;
        Task<IReadOnlyList<double>>? own = null;
        string? excuse = null;
        try
        {
            said?.Invoke("looking at the first training step");
            subject = PythonSubject.Of(program, budget, out var unfit, time.Token);
            if (subject is null)
            {
                Finish(StageStatus.Skipped, $"the first batch cannot be tried: {unfit!.Why}");
                return !unfit.Failed;
            }

            outcome = SingleBatchSession.Run(subject, 0, Record, said, options, time.Token);
            if (SingleBatchVote.IsSymptom(outcome.Verdict))
            {
                said?.Invoke("does the program learn on its own batches?");
                excuse = Excuse((own ?? Own()).GetAwaiter().GetResult(), outcome.Attempts, outcome.Confirmed.Count > 0, subject.Facts);
            }
        }
        catch (OperationCanceledException)
        {
            if (!cancel.IsCancellationRequested) said?.Invoke("the time is used up (--budget gives more)");
        }
        finally
        {
            time.Cancel();
            // No trial outlives this.
            if (own is not null) ((IAsyncResult)own).AsyncWaitHandle.WaitOne();
        }

        foreach (var record in records) run.Add(excuse is null ? record : Excused(record, excuse));

        if (excuse is not null)
        {
            Finish(StageStatus.NotEnoughEvidence, $"{Batch()} is not learned by heart, but {excuse}");
            return true;
        }

        var stopped = cancel.IsCancellationRequested ? "it was stopped" : "the time was too short";

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
            SingleBatchVerdict.NotEnoughEvidence => $"undecided{(tried.Count > 0 ? $": {tried[0].Because}" : outcome is null ? $": {stopped}" : "")}",
            _ => $"{Batch()} is not learned by heart: it {Words(verdict)}; {(confirmed.Length == 0 ? outcome is null ? $"no cause was confirmed: {stopped}" : "no cause was confirmed" : $"{string.Join(" and ", confirmed)}, confirmed")}",
        });
        cancel.ThrowIfCancellationRequested();
        return true;

        void Record(Observation observation)
        {
            if (observation is SingleBatchTried attempt)
            {
                tried.Add(attempt);
                // It decides what a failure means, whatever becomes of the experiments.
                if (SingleBatchVote.IsSymptom(attempt.Verdict)) own ??= Own();
            }

            if (observation is ExperimentFinished experiment) experiments.Add(experiment);
            records.Add(observation);
        }

        Task<IReadOnlyList<double>> Own() => Task.Run(() => subject!.RunUnfrozen(OwnSteps, time.Token));

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

    /// <summary>
    /// A network too small or too regularized to learn a batch by heart is no bug while the program learns; an undone cause speaks against a program that
    /// does only where its own batches are not learned far better.
    /// </summary>
    static string? Excuse(IReadOnlyList<double> own, IEnumerable<Attempt> attempts, bool isConfirmed, SubjectFacts facts)
    {
        if (own.Count < FewestOwnSteps || own.Any(l => !double.IsFinite(l))) return null;
        var tail = Trend.Quantile([.. own.Skip(own.Count * 9 / 10)], 0.5);
        var head = Trend.Quantile([.. own.Take(10)], 0.5);
        var share = facts.KnowNothingLoss > 0 ? tail / facts.KnowNothingLoss : (double?)null;
        var learns = share < 0.5 || tail < head - SmallestFall * Math.Abs(head);
        var ends = attempts.Where(a => a.Fails).Select(a => a.LastLoss / facts.KnowNothingLoss).ToArray();
        var excuses = learns && (!isConfirmed || share < Learned || share < 0.5 && ends.Length > 0 && share < 0.5 * Trend.Quantile(ends, 0.5));
        return excuses ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the program learns on its own batches (loss {head:0.####} -> {tail:0.####} in {own.Count} steps)") : null;
    }

    static Observation Excused(Observation record, string excuse) => record switch
    {
        SingleBatchTried tried => tried with { Verdict = SingleBatchVerdict.NotEnoughEvidence, Because = $"{tried.Because}; but {excuse}" },
        ExperimentFinished { Outcome: ExperimentOutcome.Confirmed } experiment => experiment with { Outcome = ExperimentOutcome.Consistent, Confirmation = null, Reading = $"{experiment.Reading}; but {excuse}" },
        _ => record,
    };

    static string Words(SingleBatchVerdict verdict) => verdict switch
    {
        SingleBatchVerdict.GoesUp => "goes up",
        SingleBatchVerdict.Explodes => "explodes",
        SingleBatchVerdict.Oscillates => "oscillates",
        _ => "stays on a plateau",
    };
}
