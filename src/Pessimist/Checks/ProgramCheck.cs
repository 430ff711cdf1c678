using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks;

/// <summary>
/// A check of a watched program. Knows whether there is a symptom: a statistic alone may speak only then (<see cref="HasSymptom"/>), and
/// stays silent when the program learns or its single batch is fitted.
/// </summary>
public abstract class ProgramCheck(CheckInfo info) : SingleBatchCheck(info), IReads<LoopEvent>, IReads<LossObserved>
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

    /// <summary>Called for each move of the loop, in order.</summary>
    protected virtual void OnLoop(LoopEvent observation)
    {
    }

    /// <summary>Called for each call of a loss, in order.</summary>
    protected virtual void OnLoss(LossObserved observation)
    {
    }

    /// <summary>The experiment that undid what this check is named after, and with it the symptom; null when there is none.</summary>
    protected ExperimentFinished? Undone => Experiments.FirstOrDefault(e => e.Outcome == ExperimentOutcome.Confirmed && e.Cause == Info.Name);

    /// <summary>The finding, with what undoing it did where an experiment tried.</summary>
    protected Finding WithConfirmation(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return Undone is not { } undone ? finding : finding with
        {
            Level = Info.Level,
            EvidenceClass = finding.EvidenceClass > EvidenceClass.Confirmed ? finding.EvidenceClass : EvidenceClass.Confirmed,
            Confirmation = undone.Confirmation ?? undone.Reading,
            Causes = [new Cause(Info.Name, 1, undone.Id)],
        };
    }

    /// <summary>A finding that rests on the experiment alone; null when there was none.</summary>
    protected Finding? FromExperiment(string message) => Undone is not { } undone ? null
        : WithConfirmation(Finding(message, EvidenceClass.Confirmed) with { Fixes = undone.Remedy is { } remedy ? [$"use {remedy}"] : [] });

    /// <summary>Where a finding points; null when the probe did not see the line.</summary>
    protected static Location? At(Site? site, string? module = null) => site is null ? null : new Location(site.File, site.Line, site.Function, module);
}
