using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks;

/// <summary>
/// A check of a watched program. Knows whether there is a symptom: a statistic alone may speak only then (<see cref="HasSymptom"/>), and
/// stays silent when the program learns or its single batch is fitted.
/// </summary>
public abstract class ProgramCheck(CheckInfo info) : SingleBatchCheck(info), IReads<LoopEvent>, IReads<LossObserved>, IReads<LossesFollowed>
{
    protected TrainingProgress Progress { get; } = new();

    /// <summary>The loss does not come down, or the single batch is not fitted.</summary>
    protected bool HasSymptom => Fails || Progress.HasSymptom && Vote is not SingleBatchVerdict.Passes;

    /// <summary>What the symptom is, one line.</summary>
    protected string Symptom => Fails ? $"the single batch {Words(Vote!.Value)}" : Progress.Because;

    void IReads<LoopEvent>.Read(LoopEvent observation)
    {
        Progress.Read(observation);
        OnLoop(observation);
    }

    void IReads<LossObserved>.Read(LossObserved observation)
    {
        Progress.Read(observation);
        OnLoss(observation);
    }

    void IReads<LossesFollowed>.Read(LossesFollowed observation) => Progress.Read(observation);

    /// <summary>Called for each move of the loop, in order.</summary>
    protected virtual void OnLoop(LoopEvent observation)
    {
    }

    /// <summary>Called for each call of a loss, in order.</summary>
    protected virtual void OnLoss(LossObserved observation)
    {
    }

    /// <summary>Where a finding points; null when the probe did not see the line.</summary>
    protected static Location? At(Site? site, string? module = null) => Location.Of(site, module);
}
