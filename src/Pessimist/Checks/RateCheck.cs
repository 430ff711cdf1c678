using Pessimist.Observations;

namespace Pessimist.Checks;

/// <summary>A cause that lies in the learning rate: it was written where the optimizer was built, and acts where that steps.</summary>
public abstract class RateCheck(CheckInfo info) : CauseCheck(info), IReads<OptimizerBuilt>
{
    Site? _built, _step;

    public void Read(OptimizerBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _built ??= observation.Site;
    }

    protected override void OnLoop(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Action == LoopAction.OptimizerStep) _step ??= observation.Site;
    }

    protected override Location? Where => At(_built ?? _step);

    /// <summary>The step, where it is not the place itself.</summary>
    protected IReadOnlyList<RelatedLocation> Steps =>
        _built is not null && _step is { } step && step != _built ? [new RelatedLocation(step.File, step.Line, "the step that is taken with it")] : [];
}
