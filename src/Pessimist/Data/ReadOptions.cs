namespace Pessimist.Data;

/// <summary>How to read; null means "find out".</summary>
public sealed record ReadOptions
{
    /// <summary>The character between the fields of a text table.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Whether a text table begins with the names of its columns.</summary>
    public bool? Header { get; init; }

    /// <summary>What the examples of an array are; null decides by shape and type.</summary>
    public ArrayForm? As { get; init; }

    /// <summary>False where the labels come from another source: pictures need no folders of classes then, and an archive no array of labels.</summary>
    public bool NeedsLabels { get; init; } = true;

    public CancellationToken Cancellation { get; init; }
}
