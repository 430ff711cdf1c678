namespace Pessimist.Engine.Walk.Stages;

sealed class SingleBatchStage : Stage
{
    public override string Name => "single batch";
    public override StageOutcome Run(WalkContext context, CancellationToken cancel) => StageOutcome.Passed("tbd");
}
