namespace Pessimist.Runs;

/// <summary>
/// How much of each kind of record a run keeps whole. What comes after is thinned: at most a sixteenth of this is added each time the
/// length of the run doubles.
/// </summary>
/// <param name="Records">Records of one kind.</param>
/// <param name="Bytes">Bytes of the lines of one kind.</param>
public sealed record RunBudget(int Records, long Bytes)
{
    /// <summary>Of a run while it is recorded.</summary>
    public static RunBudget Recording { get; } = new(1 << 14, 16 << 20);

    /// <summary>Of a run read back: more than recording leaves, so that what was recorded is read as it is.</summary>
    public static RunBudget Reading { get; } = new(1 << 17, 128 << 20);
}
