namespace Pessimist.Checks;

/// <summary>The five honest answers of a check, and the sixth: that nobody wants to hear them.</summary>
public abstract record Verdict
{
    public sealed record Passed(string Why = "") : Verdict;
    public sealed record Found(Finding Finding) : Verdict;
    public sealed record NotApplicable(string Why) : Verdict;
    public sealed record NotEnoughEvidence(string Why) : Verdict;
    public sealed record Crashed(string Message) : Verdict;

    /// <param name="Why">Who put it aside: an option or the project's file.</param>
    /// <param name="Finding">What it found all the same; null when it found nothing, or was not judged.</param>
    public sealed record Ignored(string Why, Finding? Finding = null) : Verdict;

    /// <summary>The word used in JSON and in the report.</summary>
    public string Word => this switch
    {
        Passed => "passed",
        Found => "found",
        NotApplicable => "not-applicable",
        NotEnoughEvidence => "not-enough-evidence",
        Ignored => "ignored",
        _ => "crashed",
    };
}
