namespace Pessimist.Checks;

/// <summary>A place in the user's program or data.</summary>
/// <param name="File">Path relative to the working directory.</param>
public sealed record Location(string File, int? Line = null, string? Function = null, string? Module = null, string? Column = null, int? Row = null);

public sealed record RelatedLocation(string File, int? Line, string Message);

/// <summary>One measured value beside its limit and the limit's origin.</summary>
public sealed record Evidence(string Name, string Measured, string Limit = "", string Origin = "");

/// <param name="Probability">0 to 1; 1 when confirmed.</param>
/// <param name="Experiment">Id of the experiment that speaks for it.</param>
public sealed record Cause(string Name, double Probability, string? Experiment = null);

/// <summary>What a check found. The message is a fact that stands alone; help says what to do.</summary>
public sealed record Finding
{
    public required string Code { get; init; }
    public required string Name { get; init; }
    public required Level Level { get; init; }
    public required EvidenceClass EvidenceClass { get; init; }
    public required string Message { get; init; }
    public Location? Location { get; init; }
    public IReadOnlyList<RelatedLocation> Related { get; init; } = [];
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];
    public IReadOnlyList<Cause> Causes { get; init; } = [];
    public IReadOnlyList<string> Notes { get; init; } = [];
    public IReadOnlyList<string> Fixes { get; init; } = [];

    /// <summary>What undoing the cause did, e.g. "with lr 0.001 the loss after 200 steps is 0.01 instead of 2.29"; empty unless confirmed.</summary>
    public string Confirmation { get; init; } = "";

    /// <summary>Codes of the findings folded under this one.</summary>
    public IReadOnlyList<string> Explains { get; init; } = [];

    /// <summary>Rows, ids or files that show it.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
}
