namespace Pessimist.Data;

/// <summary>How examples are divided.</summary>
public enum SplitKind
{
    /// <summary>At random, classes in equal shares.</summary>
    Stratified,

    /// <summary>At random.</summary>
    Random,

    /// <summary>No group on two sides.</summary>
    ByGroup,

    /// <summary>The latest are the test set, the next latest the validation set.</summary>
    ByTime,
}

/// <summary>Shares and seed of a split.</summary>
public sealed record SplitOptions
{
    /// <summary>The validation set's share of all examples that are not in a given test set.</summary>
    public double Validation { get; init; } = 0.2;

    /// <summary>The test set's share, unless a test set is given.</summary>
    public double Test { get; init; } = 0.2;

    /// <summary>The most examples worth holding out in each set: at 10,000 the standard error of a 5 % error rate is 0.2 points.</summary>
    public int MostHeldOut { get; init; } = 10_000;

    public int Seed { get; init; }

    /// <summary>Every class in every set where it has enough examples; false draws at random.</summary>
    public bool Stratified { get; init; } = true;
}

/// <summary>Positions among the rows with a target (<see cref="Targets.Rows"/>), each ascending.</summary>
public sealed record Split
{
    public required SplitKind Kind { get; init; }

    public required int[] Train { get; init; }

    public required int[] Validation { get; init; }

    public required int[] Test { get; init; }

    /// <summary>True when the test set came with the data and was not drawn from them.</summary>
    public bool TestWasGiven { get; init; }

    /// <summary>One sentence: how it was made, with the counts.</summary>
    public required string Explanation { get; init; }
}
