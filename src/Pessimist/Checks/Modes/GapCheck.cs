using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Modes;

/// <summary>What the three checks on the decomposed error have in common: one term of it, called only when it is real.</summary>
public abstract class GapCheck(CheckInfo info, string term) : Check(info), IReads<DecompositionMeasured>, IReads<TargetChosen>
{
    // The last decomposition counts: after tuning, the tuned network's.
    DecompositionMeasured? _last;

    protected double? Goal { get; set; }

    protected bool HasDecomposition => _last is not null;

    public void Read(DecompositionMeasured observation) => _last = observation;

    public void Read(TargetChosen observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        Goal = observation.Goal;
    }

    /// <summary>The finding for a real gap, or null when it is no fault.</summary>
    protected abstract Finding? Judge(DecompositionTerm gap, DecompositionMeasured all);

    public override Verdict Conclude()
    {
        if (_last?.Terms.FirstOrDefault(t => t.Name == term) is not { } gap) return NotEnoughEvidence($"no {term} was measured");
        if (gap.Verdict == TermVerdict.Real && Judge(gap, _last) is { } finding) return Found(finding with { Evidence = [.. finding.Evidence, Row(gap)] });
        return gap.Verdict switch
        {
            TermVerdict.Real => Passed($"{term} is real, and the goal is met or not set"),
            TermVerdict.Negligible => Passed($"{term} is too small to matter"),
            _ when gap.Detectable is { } d => NotEnoughEvidence(string.Create(CultureInfo.InvariantCulture, $"no evidence of {term}; a gap below {d:0.####} would not have been seen")),
            _ => NotEnoughEvidence($"no evidence of {term}"),
        };
    }

    protected static string Share(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    static Evidence Row(DecompositionTerm gap) =>
        new(gap.Name, $"{Share(gap.Value)} [{Share(gap.Low)}, {Share(gap.High)}]", "interval includes 0", "definition");
}
