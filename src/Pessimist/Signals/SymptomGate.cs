using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>Whether a statistic of a watched program may speak: its loss does not come down, or its single batch is not fitted.</summary>
public sealed class SymptomGate
{
    readonly TrainingProgress _progress = new();
    readonly List<SingleBatchVerdict> _attempts = [];

    public void Read(LoopEvent loop) => _progress.Read(loop);
    public void Read(LossObserved loss) => _progress.Read(loss);
    public void Read(LossesFollowed losses) => _progress.Read(losses);

    public void Read(SingleBatchTried attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        _attempts.Add(attempt.Verdict);
    }

    public bool HasSymptom => Vote is { } vote && SingleBatchVote.IsSymptom(vote) || _progress.HasSymptom && Vote is not SingleBatchVerdict.Passes;

    /// <summary>What the symptom is, one line.</summary>
    public string Because => Vote is { } vote && SingleBatchVote.IsSymptom(vote) ? "the single batch cannot be fitted" : _progress.Because;

    SingleBatchVerdict? Vote => _attempts.Count == 0 ? null : SingleBatchVote.Of(_attempts);
}
