using Pessimist.Observations;

namespace Pessimist.Reporting;

/// <summary>The recorded facts behind the results, bounded to what one page can hold.</summary>
public sealed record Details
{
    public TargetChosen? Target { get; init; }
    public IReadOnlyList<SplitMade> Splits { get; init; } = [];
    public IReadOnlyList<NormalizationApplied> Normalization { get; init; } = [];

    /// <summary>Every network that was built, the starting one first.</summary>
    public IReadOnlyList<ModelBuilt> Models { get; init; } = [];
    public IReadOnlyList<OperationTraced> Operations { get; init; } = [];
    public IReadOnlyList<ParameterObserved> Parameters { get; init; } = [];
    public InitialLossObserved? InitialLoss { get; init; }
    public IReadOnlyList<TrainingCurves> Training { get; init; } = [];
    public IReadOnlyList<ExperimentFinished> Experiments { get; init; } = [];
    public IReadOnlyList<BaselineCompared> Comparisons { get; init; } = [];
    public IReadOnlyList<ConfusionMeasured> Confusion { get; init; } = [];
    public IReadOnlyList<HardExample> HardExamples { get; init; } = [];
    public IReadOnlyList<TrialFinished> Trials { get; init; } = [];
    public IReadOnlyList<RoundFinished> Rounds { get; init; } = [];
}

/// <summary>The curves of one phase of training, by epoch.</summary>
/// <param name="Phase"><c>train</c>, <c>lr-check</c>, …</param>
/// <param name="Loss">Training and validation loss.</param>
/// <param name="Metric">Training and validation metric.</param>
/// <param name="Rates">Learning rate, gradient norm and update ratio.</param>
public sealed record TrainingCurves(
    string Phase, IReadOnlyList<Series> Loss, IReadOnlyList<Series> Metric, IReadOnlyList<Series> Rates, TrainingEnding? Ending = null, int? BestEpoch = null);
