namespace Pessimist.Engine.Walk;

/// <summary>Time for the whole walk, and what is left of it.</summary>
sealed class Budget(TimeSpan total, TimeProvider clock)
{
    readonly long _start = clock.GetTimestamp();

    public TimeSpan Total { get; } = total;

    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    public TimeSpan Remaining => Elapsed < Total ? Total - Elapsed : TimeSpan.Zero;

    /// <summary>A deadline that leaves the given share of the whole budget for what comes after.</summary>
    public Deadline Leaving(double share) => new(this, Total * (1 - share));
}

/// <summary>A point on the budget's clock.</summary>
readonly record struct Deadline(Budget Budget, TimeSpan At)
{
    public TimeSpan Remaining => Budget.Elapsed < At ? At - Budget.Elapsed : TimeSpan.Zero;

    public bool Passed => Budget.Elapsed >= At;
}
