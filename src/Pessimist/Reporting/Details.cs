using Pessimist.Observations;

namespace Pessimist.Reporting;

/// <summary>The recorded facts behind the results, bounded to what one page can hold.</summary>
public sealed record Details
{
    public TargetChosen? Target { get; init; }

    /// <summary>What the data hold; null when they were not profiled.</summary>
    public DataSummary? Data { get; init; }
    public IReadOnlyList<SplitMade> Splits { get; init; } = [];
    public IReadOnlyList<NormalizationApplied> Normalization { get; init; } = [];

    /// <summary>Every network that was built, the starting one first.</summary>
    public IReadOnlyList<ModelBuilt> Models { get; init; } = [];
    public IReadOnlyList<OperationTraced> Operations { get; init; } = [];
    public IReadOnlyList<ParameterObserved> Parameters { get; init; } = [];
    public InitialLossObserved? InitialLoss { get; init; }
    public IReadOnlyList<TrainingCurves> Training { get; init; } = [];
    public IReadOnlyList<ExperimentFinished> Experiments { get; init; } = [];

    /// <summary>Metrics of every model, in the order they were measured.</summary>
    public IReadOnlyList<MetricResult> Metrics { get; init; } = [];

    /// <summary>The error of every model, taken apart.</summary>
    public IReadOnlyList<DecomposedTerm> Decompositions { get; init; } = [];
    public IReadOnlyList<BaselineCompared> Comparisons { get; init; } = [];
    public IReadOnlyList<ConfusionMeasured> Confusion { get; init; } = [];
    public IReadOnlyList<HardExample> HardExamples { get; init; } = [];
    public IReadOnlyList<TrialFinished> Trials { get; init; } = [];
    public IReadOnlyList<RoundFinished> Rounds { get; init; } = [];
}

/// <param name="Shape">Shape of one example as the network receives it.</param>
/// <param name="Columns">Those with something to see first, then the others in their order, as many as a page holds.</param>
/// <param name="MoreColumns">How many are left out.</param>
public sealed record DataSummary(string Source, string Format, int Count, IReadOnlyList<int> Shape, IReadOnlyList<ColumnSummary> Columns, int MoreColumns);

/// <summary>One column, channel or feature; numbers are over its finite values.</summary>
/// <param name="Remarks">What stands out, in words: constant, text among numbers, kept from the network, …</param>
public sealed record ColumnSummary(string Name, string Kind, long Missing, double Min, double Mean, double Max, double Std, double Zeros, IReadOnlyList<string> Remarks, int? Distinct = null);

/// <summary>The curves of one phase of training, by epoch.</summary>
/// <param name="Phase"><c>train</c>, <c>lr-check</c>, …</param>
/// <param name="Loss">Training and validation loss.</param>
/// <param name="Metric">Training and validation metric.</param>
/// <param name="Rates">Learning rate, gradient norm and update ratio.</param>
public sealed record TrainingCurves(
    string Phase, IReadOnlyList<Series> Loss, IReadOnlyList<Series> Metric, IReadOnlyList<Series> Rates, TrainingEnding? Ending = null, int? BestEpoch = null);
