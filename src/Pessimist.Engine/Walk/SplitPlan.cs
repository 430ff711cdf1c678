namespace Pessimist.Engine.Walk;

/// <summary>How examples are dealt to training, validation and test.</summary>
public enum SplitMethod
{
    /// <summary>Stratified by class where there are classes, else random.</summary>
    Auto,
    Random,

    /// <summary>Examples with one value of a column stay together.</summary>
    Group,

    /// <summary>Ordered by a column: the latest examples are the test set, the ones before them the validation set.</summary>
    Time,
}

/// <summary>The division into training, validation and test sets.</summary>
public sealed record SplitPlan
{
    public SplitMethod Method { get; init; }

    /// <summary>The column of a split by group or time, else null.</summary>
    public string? Column { get; init; }

    /// <summary>The shares as given, or null for the walk's own.</summary>
    public SplitShares? Shares { get; init; }
}

/// <summary>Shares that sum to 1. <paramref name="Test"/> is 0 when the test set is a file of its own.</summary>
public sealed record SplitShares(double Train, double Validation, double Test)
{
    /// <summary>As it is written on the command line, e.g. <c>60/20/20</c>.</summary>
    public override string ToString() => Test > 0
        ? FormattableString.Invariant($"{Train * 100:0.##}/{Validation * 100:0.##}/{Test * 100:0.##}")
        : FormattableString.Invariant($"{Train * 100:0.##}/{Validation * 100:0.##}");
}
