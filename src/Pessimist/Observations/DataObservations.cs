using Pessimist.Data.Profiling;
using Pessimist.Evaluation;

namespace Pessimist.Observations;

/// <summary>The facts about the data that the data checks judge.</summary>
public sealed record DataProfiled(DataProfile Profile) : Observation;

/// <summary>Whether labels belong to the inputs beside them, on the rows in the order of the file.</summary>
public sealed record LabelsTested(LabelDependence Dependence) : Observation;

/// <summary>An input column of a watched program's examples that is the class under another name: each value stands for one class, each class for one value.</summary>
/// <param name="Column">From 0.</param>
/// <param name="Classes">Classes among the rows.</param>
/// <param name="Rows">Rows looked at, all of which agree.</param>
public sealed record ColumnRenamed(int Column, int Classes, int Rows) : Observation;

/// <summary>Whether a given test set comes from the distribution of the training set.</summary>
public sealed record ShiftTested : Observation
{
    public required ShiftVerdict Verdict { get; init; }

    /// <summary>Area under the ROC curve of a classifier that tells training from test inputs: 0.5 when it cannot.</summary>
    public required double Auc { get; init; }
    public required double P { get; init; }

    /// <summary>The columns that differ, most different first; empty unless shifted.</summary>
    public IReadOnlyList<ShiftedColumn> Features { get; init; } = [];

    /// <summary>The shares of classes on both sides; null where the target is no class.</summary>
    public LabelShift? Labels { get; init; }

    /// <summary>The verdict in one sentence.</summary>
    public required string Reason { get; init; }
}

/// <param name="Distance">Kolmogorov-Smirnov distance, 0 to 1.</param>
/// <param name="P">p-value after Benjamini-Hochberg over all columns.</param>
/// <param name="TrainMedian">In the unit of the file.</param>
/// <param name="TestMedian">In the unit of the file.</param>
public sealed record ShiftedColumn(string Name, double Distance, double P, double TrainMedian, double TestMedian);

/// <summary>The inputs of the training set as the network gets them, whatever was done to them before.</summary>
public sealed record InputsFed : Observation
{
    /// <summary>False when the user asked for raw inputs.</summary>
    public required bool Normalized { get; init; }
    public required ValueSummary All { get; init; }

    /// <summary>The columns or channels with the largest values, largest first.</summary>
    public IReadOnlyList<FedColumn> Largest { get; init; } = [];
}

/// <param name="LargestAbsolute">Largest absolute value.</param>
public sealed record FedColumn(string Name, double Mean, double Std, double LargestAbsolute);

/// <summary>What is predicted, how it is judged, and what would be good enough.</summary>
public sealed record TargetChosen : Observation
{
    /// <summary>Name of the target column, or where the labels come from.</summary>
    public required string Target { get; init; }

    /// <summary><c>binary</c>, <c>multi-class</c>, <c>regression</c> or <c>multi-label</c>.</summary>
    public required string Task { get; init; }
    public required string Metric { get; init; }
    public bool HigherIsBetter { get; init; }

    /// <summary>The error aimed at, in the units of the metric's error (0.02 = 2 % errors); null when none was given.</summary>
    public double? Goal { get; init; }

    /// <summary>Where the goal comes from, or what is assumed without one.</summary>
    public string GoalFrom { get; init; } = "";
    public IReadOnlyList<string> Classes { get; init; } = [];
}

/// <summary>One part of the data, set aside for one use.</summary>
public sealed record SplitMade : Observation
{
    /// <summary><c>train</c>, <c>validation</c> or <c>test</c>.</summary>
    public required string Split { get; init; }
    public required int Count { get; init; }

    /// <summary>How the examples were chosen, e.g. <c>stratified by label, seed 0</c>.</summary>
    public string How { get; init; } = "";

    /// <summary>Examples of each class, in the order of the classes; empty for regression.</summary>
    public IReadOnlyList<ClassCount> Classes { get; init; } = [];
}

public sealed record ClassCount(string Name, int Count);

/// <summary>The scaling given to the inputs, with the values before and after it.</summary>
public sealed record NormalizationApplied : Observation
{
    /// <summary>In words, e.g. <c>divided by 16, then standardized with the training set's mean and deviation</c>.</summary>
    public required string What { get; init; }
    public required ValueSummary Before { get; init; }
    public required ValueSummary After { get; init; }
}

/// <summary>Moments of all values of an input.</summary>
public sealed record ValueSummary(double Min, double Mean, double Max, double Std);
