namespace Pessimist.Data;

/// <summary>What is to be predicted, and how the rows are to be kept together; null means "work it out" or "none".</summary>
public sealed record TargetOptions
{
    /// <summary>The target column; several, separated by commas, for multi-label or several numbers. Not needed where labels came with the data.</summary>
    public string? Target { get; init; }

    /// <summary>Overrides the inferred task.</summary>
    public TaskKind? Task { get; init; }

    /// <summary>A column whose equal values must not be on both sides of a split (a patient, a writer).</summary>
    public string? Group { get; init; }

    /// <summary>A column of times: the latest rows become the test set.</summary>
    public string? Time { get; init; }
}

/// <summary>
/// Class ids as they stand in the data, when they are whole numbers. Networks need 0..K-1, to which they are mapped here;
/// <paramref name="Gaps"/> are ids between the smallest and the largest that no row has.
/// </summary>
public sealed record LabelIds(long Smallest, long Largest, IReadOnlyList<long> Gaps);

/// <summary>The targets of the rows that have one, the task they make, and why.</summary>
public sealed record Targets
{
    public required TaskKind Task { get; init; }

    /// <summary>The target columns; "label" where labels came with the data.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows of the data that have a target, ascending; everything below has one entry for each.</summary>
    public required int[] Rows { get; init; }

    /// <summary>The rows left out because their target is missing.</summary>
    public required int[] MissingRows { get; init; }

    /// <summary>Class ids in 0..K-1; empty for regression and multi-label.</summary>
    public int[] Classes { get; init; } = [];

    /// <summary>The classes as they stand in the data: whole numbers in order, other names in ordinal order.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>The ids as they stand in the data, when they are whole numbers, else null.</summary>
    public LabelIds? GivenIds { get; init; }

    /// <summary>Rows x Columns numbers; empty for classes.</summary>
    public float[] Values { get; init; } = [];

    public string? GroupColumn { get; init; }

    /// <summary>The group of each row as small integers, or null.</summary>
    public int[]? Groups { get; init; }

    public IReadOnlyList<string> GroupNames { get; init; } = [];

    public string? TimeColumn { get; init; }

    public double[]? Times { get; init; }

    /// <summary>One sentence: what the task is, from which facts, and how to override it.</summary>
    public required string Explanation { get; init; }

    public bool IsClassification => Task is TaskKind.Binary or TaskKind.MultiClass;
}
