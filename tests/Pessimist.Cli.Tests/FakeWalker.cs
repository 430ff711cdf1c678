using Pessimist.Cli.Commands;
using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Cli.Tests;

/// <summary>A walk that does what the test says, without libtorch.</summary>
sealed class FakeWalker(Func<Run, IWalkProgress, RunEnding>? walk = null) : IWalker
{
    public DiagnoseOptions? Options { get; private set; }

    public Machine Describe(DiagnoseOptions options) => new("cpu", "1.13.1", null, 2);

    public RunEnding Walk(DiagnoseOptions options, Run run, IWalkProgress progress, CancellationToken cancel)
    {
        Options = options;
        var ending = walk?.Invoke(run, progress) ?? RunEnding.Completed;
        run.Add(new RunEnded { Ending = ending });
        return ending;
    }

    /// <summary>One stage, reported and recorded.</summary>
    public static void Stage(Run run, IWalkProgress progress, string summary = "4 examples")
    {
        progress.StageStarted(1, 1, "data");
        var finished = new StageFinished { Number = 1, Name = "data", Status = StageStatus.Passed, Summary = summary, Seconds = 0.1 };
        run.Add(finished);
        progress.StageFinished(finished);
    }
}
