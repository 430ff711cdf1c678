using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Reporting;

namespace Pessimist.Cli.Terminal;

/// <summary>Progress where nothing can move: one line a stage.</summary>
sealed class ProgressLog(TextWriter writer) : IWalkProgress
{
    int _stages;

    public void StageStarted(int number, int stages, string name) => _stages = stages;

    public void Stepped(WalkStep step)
    {
    }

    public void Said(string message) => writer.WriteLine(Display.Clean(message));

    public void StageFinished(StageFinished stage) =>
        writer.WriteLine(FormattableString.Invariant($"{stage.Number}/{_stages} {stage.Name}: {Word(stage.Status)} in {stage.Seconds:0.0} s, {Display.Clean(stage.Summary)}"));

    static string Word(StageStatus status) => status == StageStatus.NotEnoughEvidence ? "not enough evidence" : status.ToString().ToLowerInvariant();
}
