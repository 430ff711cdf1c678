using Pessimist.Engine.Replay;
using Pessimist.Engine.Watching;
using Pessimist.Evaluation;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Signals;
using Pessimist.Torch;

namespace Pessimist.Engine.Programs;

/// <summary>
/// Troubleshoots an unmodified C# training program: runs it under the probe, then tries to overfit its first batch and looks for the cause when that
/// fails. Everything goes into the run; <see cref="Diagnosis.Diagnose"/> reads it.
/// </summary>
public static class ProgramDiagnosis
{
    /// <param name="program">Trains once, from its own seed; it is run again for each trial, up to its first training step.</param>
    /// <param name="said">Gets a line before each thing that takes time.</param>
    public static WatchedProgram Run(Action program, Run run, ProbeOptions? options = null, Action<string>? said = null, OverfitOptions? overfit = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(run);
        run.Add(new RunStarted
        {
            Id = options?.Program ?? program.Method.Name,
            ToolVersion = typeof(Run).Assembly.GetName().Version?.ToString(3) ?? "",
            Command = "watch",
            Time = DateTimeOffset.Now,
            Libtorch = Pessimist.Torch.Torch.Version,
        });
        var watched = Probe.Watch(program, run, options);
        cancel.ThrowIfCancellationRequested();
        said?.Invoke("looking at the first training step");
        if (ReplaySubject.Of(program, out var why) is not { } subject)
        {
            run.Add(new StageFinished { Number = 1, Name = "single batch", Status = StageStatus.Skipped, Summary = $"the first training step cannot be taken again: {why}" });
        }
        else
        {
            // What fails in a changed step, or in one that fails as it is, is the program's own: what was recorded of it counts.
            try
            {
                var sick = MayBeSick(run);
                said?.Invoke(sick ? "looking closer at a program that does not learn" : "looking closer at its data");
                // A program that gets better on examples that are new to it has labels that belong to them, whatever a test of neighbours sees.
                var predicts = PredictsNewExamples(run, subject.Facts.BatchSize);
                foreach (var observation in subject.LookCloser(sick))
                    if (observation is not LabelsTested { Dependence.Verdict: not LabelVerdict.Depends } || !predicts) run.Add(observation);

                Overfit(subject, run, said, overfit, cancel);
            }
            catch (Exception e) when (e is TorchException or PessimistException)
            {
                run.Add(new StageFinished { Number = 1, Name = "single batch", Status = StageStatus.Skipped, Summary = $"the first training step cannot be taken again: {e.Message}" });
            }
        }

        run.Add(new RunEnded { Ending = RunEnding.Completed });
        return watched;
    }

    static void Overfit(ReplaySubject subject, Run run, Action<string>? said, OverfitOptions? overfit, CancellationToken cancel)
    {
        List<Observation> records = [];
        var outcome = SingleBatchSession.Run(subject, 0, records.Add, said, overfit, cancel);
        var excused = SingleBatchVote.IsSymptom(outcome.Verdict) && IsExcused(Progress(run), outcome, subject.Facts);
        foreach (var record in records)
            run.Add(record switch
            {
                SingleBatchTried tried when excused => tried with { Verdict = SingleBatchVerdict.NotEnoughEvidence, Because = $"{tried.Because}; but the program learns on its own batches" },
                ExperimentFinished { Outcome: ExperimentOutcome.Confirmed } experiment when excused => experiment with
                {
                    Outcome = ExperimentOutcome.Consistent,
                    Confirmation = null,
                    Reading = $"{experiment.Reading}; but the program learns on its own batches as it is",
                },
                _ => record,
            });
        var verdict = excused ? SingleBatchVerdict.NotEnoughEvidence : outcome.Verdict;
        run.Add(new StageFinished
        {
            Number = 1,
            Name = "single batch",
            Status = verdict switch
            {
                SingleBatchVerdict.Passes => StageStatus.Passed,
                SingleBatchVerdict.NotEnoughEvidence => StageStatus.NotEnoughEvidence,
                _ => StageStatus.Failed,
            },
            Summary = verdict switch
            {
                SingleBatchVerdict.Passes => "the first batch is learned by heart",
                SingleBatchVerdict.NotEnoughEvidence => excused ? "not learned by heart, though the program learns" : "undecided",
                _ => outcome.Confirmed.Count == 0 ? "not learned by heart; no cause was confirmed" : $"not learned by heart: {string.Join(" and ", outcome.Confirmed)}, confirmed",
            },
            Evidence = [.. outcome.Attempts.Select(a => $"seed {a.Seed}: {a.Curve.Because}"), .. outcome.Experiments.Select(e => $"{e.Question} {e.Reading}")],
        });
    }

    /// <summary>Share of what knowing nothing costs under which a program has learned its task, whatever one frozen batch did.</summary>
    const double Learned = 0.2;

    /// <summary>
    /// A network too small to learn a batch by heart is no bug while it learns: only an undone cause speaks against a program that does. And not even
    /// that speaks against one that gets to the end of its own task, or far below where the frozen batch stayed.
    /// </summary>
    static bool IsExcused(TrainingProgress progress, SingleBatchOutcome outcome, SubjectFacts facts)
    {
        if (progress.State != ProgressState.Learns) return false;
        if (outcome.Confirmed.Count == 0) return true;
        if (progress.Share is not { } own) return false;
        var ends = outcome.Attempts.Where(a => a.Fails).Select(a => a.LastLoss / facts.KnowNothingLoss).ToArray();
        return own < Learned || own < 0.5 && ends.Length > 0 && facts.KnowNothingLoss > 0 && own < 0.5 * Trend.Quantile(ends, 0.5);
    }

    /// <summary>It does not learn, or not far, on a loss whose height says something.</summary>
    static bool MayBeSick(Run run) => Progress(run) is var progress
        && (progress.HasSymptom || progress is { State: ProgressState.Unclear, Guess: not null } || progress is { State: ProgressState.Learns, Share: > 0.5 });

    /// <summary>Examples of which a program that can predict them predicts some by the end.</summary>
    const int NewExamples = 2000;

    /// <summary>The loss falls clearly below what knowing nothing costs while examples come for the first time: in the first 2,000, or in the first epoch.</summary>
    static bool PredictsNewExamples(Run run, int batch)
    {
        if (batch < 1 || Progress(run).Guess is not (> 0 and var nothing)) return false;
        var examples = run.Observations.OfType<LoaderBuilt>().FirstOrDefault()?.Examples is { } loaded and > 0 ? Math.Min(NewExamples, loaded) : NewExamples / 4;
        double[] losses = [.. run.Observations.OfType<LoopEvent>().Where(l => l is { Action: LoopAction.Backward, Loss: not null } && l.Step < examples / batch).Select(l => l.Loss!.Value)];
        return losses.Length >= 4 && Trend.Quantile(losses[(losses.Length * 2 / 3)..], 0.5) < 0.9 * nothing;
    }

    static TrainingProgress Progress(Run run) => TrainingProgress.Of(run.Observations);
}
