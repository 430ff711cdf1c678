namespace Pessimist.Evaluation.KnownResults;

/// <summary>A part of a data set that belongs to it since it was published.</summary>
/// <param name="ClassCounts">Ascending.</param>
/// <param name="Mean">Of all inputs, as they were published; null where it is not known.</param>
public sealed record KnownPart(int Count, IReadOnlyList<int> ClassCounts, double? Mean = null);

/// <summary>A data set of which results are published, and what it is known by.</summary>
/// <param name="Shape">Of one example, in words.</param>
/// <param name="Inputs">Numbers, or columns, of one example.</param>
/// <param name="Count">All examples.</param>
/// <param name="ClassCounts">Of all examples, ascending: in this order the names of the classes do not matter.</param>
/// <param name="Mean">Of all inputs of all examples; null where columns are words.</param>
/// <param name="MeanTolerance">As a share.</param>
/// <param name="Test">The test set that was published; null where there is none.</param>
/// <param name="TrainClassCounts">Of the training set that was published, ascending.</param>
public sealed record KnownDataSet(string Id, string Name, string Shape, int Inputs, int Classes, int Count, IReadOnlyList<int> ClassCounts, double? Mean = null, double MeanTolerance = 0, KnownPart? Test = null,
    IReadOnlyList<int>? TrainClassCounts = null);

/// <summary>A result that was published on such a data set.</summary>
/// <param name="Metric"><c>error</c> or <c>accuracy</c>, a share.</param>
/// <param name="Count">Test examples that it rests on.</param>
/// <param name="Budget">What training took.</param>
/// <param name="Source">Where it stands.</param>
/// <param name="Judges">Networks of the catalogue that any sound training brings to this result at least; docs/explanation/known-results.md shows by how much.</param>
/// <param name="Near">Networks of the catalogue that it is quoted for.</param>
/// <param name="Augmented">Trained with augmentation.</param>
/// <param name="Low">Of the interval that was published; null where none was.</param>
/// <param name="Uncertainty">The interval that was published, in words.</param>
public sealed record KnownResult(string DataSet, string Model, string Metric, double Value, int Count, string Budget, string Source, IReadOnlyList<string>? Judges = null, IReadOnlyList<string>? Near = null,
    bool Augmented = false, double? Low = null, double? High = null, string Uncertainty = "")
{
    /// <summary>As a share of wrong answers.</summary>
    public double Error => Metric == "accuracy" ? 1 - Value : Value;
}

/// <summary>A result on data that cannot be recognized with certainty; it stands in the documentation only.</summary>
public sealed record ResultElsewhere(string Task, string Model, string Metric, string Value, string Budget, string Source);
