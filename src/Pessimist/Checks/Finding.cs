using Pessimist.Observations;

namespace Pessimist.Checks;

/// <summary>A place in the user's program or data.</summary>
/// <param name="File">Path relative to the working directory.</param>
public sealed record Location(string File, int? Line = null, string? Function = null, string? Module = null, string? Column = null, int? Row = null)
{
    /// <summary>First character of the expression on the line, from 1.</summary>
    public int? SourceColumn { get; init; }

    /// <summary>The character behind the expression, from 1; null when only its beginning is known.</summary>
    public int? EndColumn { get; init; }

    /// <summary>What happens at this place, short: it is written under the line.</summary>
    public string? Label { get; init; }

    /// <summary>The place of a call or a construction; null where it is not known.</summary>
    public static Location? Of(Site? site, string? module = null) =>
        site is null ? null : new Location(site.File, site.Line, site.Function, module) { SourceColumn = site.Column };

    /// <summary>The source around the line; null when the file cannot be read, or changed since the run.</summary>
    public Excerpt? Excerpt { get; init; }
}

/// <summary>Some lines of a source file.</summary>
/// <param name="FirstLine">Number of the first of them, from 1.</param>
public sealed record Excerpt(int FirstLine, IReadOnlyList<string> Lines)
{
    /// <summary>The text of a line; null when it is not among them.</summary>
    public string? Line(int number) => number >= FirstLine && number - FirstLine < Lines.Count ? Lines[number - FirstLine] : null;
}

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
