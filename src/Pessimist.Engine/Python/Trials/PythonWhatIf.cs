using System.Diagnostics;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Engine.Python.Trials;

/// <summary>Answers what a change would do to a program's loss.</summary>
public static class PythonWhatIf
{
    const int Seeds = 2;

    /// <param name="budget">Time for all runs together.</param>
    /// <returns>False when the program failed before its first step.</returns>
    /// <exception cref="OperationCanceledException">It was stopped; that is in the run.</exception>
    public static async Task<bool> Run(TrialProgram program, Run run, Recipe recipe, int steps, TimeSpan budget, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        var start = Stopwatch.GetTimestamp();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(budget);
        Comparison? comparison = null;
        string? why = null;
        var failed = false;
        try
        {
            var whatIf = new WhatIf(program, steps, Seeds, time.Token);
            var asIs = await whatIf.Before.ConfigureAwait(false);
            failed = asIs[0] is { Steps.Count: 0, ExitCode: not 0 };
            if (asIs[0].Steps.Count < 2) why = $"the program cannot be tried: {asIs[0].End?.Died ?? "it took no training step"}";
            else comparison = await whatIf.Compare(recipe).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            why = cancel.IsCancellationRequested ? "it was stopped before there was something to compare" : "the time was too short (--budget gives more, --steps takes less)";
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (comparison is { Refused: null })
        {
            run.Add(new ExperimentFinished
            {
                Id = "what-if",
                For = "what-if",
                Question = $"what if the program had {recipe}?",
                Reading = comparison.Words,
                Outcome = !comparison.IsEnough ? ExperimentOutcome.Inconclusive : comparison.Helps ? ExperimentOutcome.Consistent : ExperimentOutcome.Refuted,
                Curves = comparison.Curves,
                Seconds = seconds,
            });
        }

        run.Add(new StageFinished
        {
            Number = 1,
            Name = "what if",
            Status = comparison is null or { Refused: not null } ? StageStatus.Skipped : comparison.IsEnough ? StageStatus.Passed : StageStatus.NotEnoughEvidence,
            Summary = why ?? comparison!.Words,
            Seconds = seconds,
        });
        cancel.ThrowIfCancellationRequested();
        return !failed;
    }
}
