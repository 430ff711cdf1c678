namespace Pessimist.Data.Profiling;

/// <summary>The two sides of a pair of equal inputs.</summary>
public enum PairPlace
{
    InsideTrain,
    InsideValidation,
    InsideTest,
    TrainValidation,
    TrainTest,
    ValidationTest,
}

/// <summary>Two examples with exactly equal inputs.</summary>
public sealed record EqualPair(string First, string Second, PairPlace Place, bool SameTarget);

/// <summary>
/// Examples whose inputs, as the network receives them, are exactly equal. Rows of a table with few distinct values repeat by nature:
/// compare with <see cref="ExpectedByChance"/> and <see cref="AcrossP"/> before calling it a leak.
/// </summary>
public sealed record DuplicateFacts
{
    /// <summary>Distinct inputs that more than one example has.</summary>
    public required int Groups { get; init; }

    /// <summary>Examples beyond the first of each group.</summary>
    public required int Extra { get; init; }

    /// <summary>Groups whose examples have different targets.</summary>
    public required int ConflictingGroups { get; init; }

    /// <summary>Training examples that have a twin in the training set.</summary>
    public required int TwinsInsideTrain { get; init; }

    /// <summary>Validation examples that have a twin in the training set.</summary>
    public required int ValidationInTrain { get; init; }

    /// <summary>Test examples that have a twin in the training set.</summary>
    public required int TestInTrain { get; init; }

    /// <summary>Test examples that have a twin in the validation set.</summary>
    public required int TestInValidation { get; init; }

    /// <summary>
    /// Pairs of equal inputs to expect if features were independent: the product over features of the chance that two rows agree, times the number of
    /// pairs. Correlated features make more; a value far below one means that no pair is chance.
    /// </summary>
    public required double ExpectedByChance { get; init; }

    /// <summary>
    /// The p value of as many test examples with a twin in training as there are, if test examples found twins as often as training examples do
    /// (binomial). Small only when the test set repeats the training set beyond the data's own repetitions.
    /// </summary>
    public required double AcrossP { get; init; }

    /// <summary>The first pairs across sets, then inside them, conflicting ones first.</summary>
    public required IReadOnlyList<EqualPair> Pairs { get; init; }

    /// <summary>Groups given by a group column that stand on both sides of a given split.</summary>
    public IReadOnlyList<string> SharedGroups { get; init; } = [];
}
