namespace Pessimist.Engine.Walk.Stages;

sealed class DataStage : Stage
{
    public override string Name => "data";
    public override StageOutcome Run(WalkContext context, CancellationToken cancel) => StageOutcome.Passed("tbd");
}
