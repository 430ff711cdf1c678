namespace Pessimist.Data.Profiling;

/// <summary>How often a class stands in each set.</summary>
public sealed record ClassCount(string Name, int Total, int Train, int Validation, int Test);

/// <summary>What is known about the target.</summary>
public sealed record TargetFacts
{
    public required TaskKind Task { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public required string Explanation { get; init; }

    public required string Split { get; init; }

    public required int Train { get; init; }

    public required int Validation { get; init; }

    public required int Test { get; init; }

    /// <summary>The class histogram; empty for regression and multi-label.</summary>
    public IReadOnlyList<ClassCount> Classes { get; init; } = [];

    /// <summary>Class ids as they stand in the file, when they are whole numbers.</summary>
    public LabelIds? GivenIds { get; init; }

    /// <summary>Rows left out because they have no target.</summary>
    public required int Missing { get; init; }

    public IReadOnlyList<CellFact> MissingCells { get; init; } = [];

    /// <summary>One value everywhere: nothing to learn.</summary>
    public required bool IsConstant { get; init; }

    /// <summary>Mean of each numeric target over the training rows.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>Standard deviation of each numeric target over the training rows.</summary>
    public IReadOnlyList<double> Std { get; init; } = [];

    /// <summary>The share of neighbouring rows with the same class, and the share that a random order has; both 0 for regression.</summary>
    public double SameAsNeighbour { get; init; }

    public double SameAsNeighbourByChance { get; init; }
}
