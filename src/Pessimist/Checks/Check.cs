using Pessimist.Observations;

namespace Pessimist.Checks;

/// <summary>Declares that a check reads observations of one kind; what is not read need not be recorded.</summary>
public interface IReads<in T> where T : Observation
{
    void Read(T observation);
}

/// <summary>
/// One check: reads observations in order, then concludes. Instances are used for one run only.
/// What it reads is the <see cref="IReads{T}"/> interfaces it implements.
/// </summary>
public abstract class Check(CheckInfo info)
{
    public CheckInfo Info { get; } = info;

    public abstract Verdict Conclude();

    /// <summary>Starts a finding with this check's code, name and level.</summary>
    protected Finding Finding(string message, EvidenceClass evidence, Level? level = null) => new()
    {
        Code = Info.Code,
        Name = Info.Name,
        // A statistic alone is never an error.
        Level = evidence == EvidenceClass.Suspected && (level ?? Info.Level) == Level.Error ? Level.Warning : level ?? Info.Level,
        EvidenceClass = evidence,
        Message = message,
    };

    protected static Verdict Found(Finding finding) => new Verdict.Found(finding);
    protected static Verdict Passed(string why = "") => new Verdict.Passed(why);
    protected static Verdict NotApplicable(string why) => new Verdict.NotApplicable(why);
    protected static Verdict NotEnoughEvidence(string why) => new Verdict.NotEnoughEvidence(why);
}
