namespace Pessimist.Checks;

/// <summary>The five honest answers of a check.</summary>
public abstract record Verdict
{
    public sealed record Passed(string Why = "") : Verdict;
    public sealed record Found(Finding Finding) : Verdict;
    public sealed record NotApplicable(string Why) : Verdict;
    public sealed record NotEnoughEvidence(string Why) : Verdict;
    public sealed record Crashed(string Message) : Verdict;

    /// <summary>The word used in JSON and in the report.</summary>
    public string Word => this switch
    {
        Passed => "passed",
        Found => "found",
        NotApplicable => "not-applicable",
        NotEnoughEvidence => "not-enough-evidence",
        _ => "crashed",
    };
}
