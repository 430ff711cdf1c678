using System.Diagnostics;
using Pessimist.Checks;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Signals;

namespace Pessimist.Engine.Python.Trials;

/// <summary>Undoes the suspected causes of findings in further runs of the program, and records before and after.</summary>
public static class PythonConfirmation
{
    const int MostSteps = 300;
    const int FewestSteps = 30;
    const int MostFindings = 4;
    const int Seeds = 2;

    /// <summary>Part of the loss of a guess.</summary>
    const double HalfWay = 0.5;

    /// <param name="findings">Ranked.</param>
    /// <param name="budget">Time for all runs together.</param>
    /// <param name="said">Gets a line before each thing that takes time.</param>
    public static async Task Confirm(TrialProgram program, Run run, IReadOnlyList<Finding> findings, TimeSpan budget, Action<string> said, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(findings);
        var open = Open(findings);
        if (open.Count == 0) return;
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(budget);
        var taken = run.All<ProgramEnded>().LastOrDefault()?.Steps ?? MostSteps;
        var whatIf = new WhatIf(program, (int)Math.Clamp(taken, FewestSteps, MostSteps), Seeds, time.Token);
        try
        {
            said($"the program runs again as it is, {Seeds} times, and then with one thing changed; its output is hidden");
            var transcripts = await whatIf.Before.ConfigureAwait(false);
            foreach (var finding in open)
            {
                if (Undoings.Of(finding, transcripts[0]) is not { } undo) continue;
                said($"does it learn with {undo.Words}?");
                var start = Stopwatch.GetTimestamp();
                var comparison = await whatIf.Compare(Recipe.Of(undo)).ConfigureAwait(false);
                run.Add(Experiment(finding, comparison) with { Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds });
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            said("the time for further runs is used up (--budget gives more)");
        }
    }

    /// <summary>Findings whose cause can be undone, and has not been.</summary>
    public static IReadOnlyList<Finding> Open(IEnumerable<Finding> findings) =>
        [.. findings.Where(f => f.Level > Level.Note && f.EvidenceClass != EvidenceClass.Confirmed && f.Confirmation.Length == 0 && Undoings.MayUndo(f.Name)).Take(MostFindings)];

    /// <summary>The program ended no better than half-way from guessing, and no cause of that is known.</summary>
    public static bool IsUnexplained(Run run, IReadOnlyList<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(findings);
        if (findings.Any(f => f.Level == Level.Error || f is { Level: Level.Warning, EvidenceClass: EvidenceClass.Confirmed })) return false;
        var progress = TrainingProgress.Of(run.Observations);
        return progress.HasSymptom || progress is { Guess: { } guess, State: not ProgressState.TooShort } && !(progress.Last < HalfWay * guess);
    }

    /// <summary>The program does not learn, and no cause of that is known.</summary>
    public static bool HasUnexplainedSymptom(Run run, IReadOnlyList<Finding> findings) => IsUnexplained(run, findings) && TrainingProgress.Of(run.Observations).HasSymptom;

    static ExperimentFinished Experiment(Finding finding, Comparison comparison) => new()
    {
        Id = $"confirm-{finding.Name}",
        For = "program",
        Question = $"does it learn with {comparison.Recipe}?",
        Reading = comparison.Words,
        Outcome = !comparison.IsEnough ? ExperimentOutcome.Inconclusive : comparison.Helps ? ExperimentOutcome.Confirmed : ExperimentOutcome.Refuted,
        Cause = finding.Name,
        Confirmation = comparison.Helps ? comparison.Words : null,
        Curves = comparison.Refused is null ? comparison.Curves : [],
        Site = finding.Location is { Line: { } line } at ? new Site(at.File, line, at.Function) : null,
    };
}
