using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>One verdict from the attempts with several seeds.</summary>
public static class SingleBatchVote
{
    /// <summary>Passes when most pass; a symptom when most show one, and then the commonest, of equals the first; else not enough evidence.</summary>
    public static SingleBatchVerdict Of(IReadOnlyList<SingleBatchVerdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        if (2 * verdicts.Count(v => v == SingleBatchVerdict.Passes) > verdicts.Count) return SingleBatchVerdict.Passes;
        var symptoms = verdicts.Where(IsSymptom).ToArray();
        return 2 * symptoms.Length > verdicts.Count
            ? symptoms.GroupBy(v => v).OrderByDescending(g => g.Count()).First().Key
            : SingleBatchVerdict.NotEnoughEvidence;
    }

    public static bool IsSymptom(SingleBatchVerdict verdict) => verdict is not (SingleBatchVerdict.Passes or SingleBatchVerdict.NotEnoughEvidence);
}
