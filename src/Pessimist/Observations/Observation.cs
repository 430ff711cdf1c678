using System.Text.Json.Serialization;

namespace Pessimist.Observations;

/// <summary>
/// One fact about a run, as the wire format carries it: one JSON object a line, told apart by <c>kind</c>.
/// Observations hold what was measured, never a judgement; checks judge.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(RunEnded), "run-ended")]
[JsonDerivedType(typeof(RecordsThinned), "records-thinned")]
[JsonDerivedType(typeof(StageFinished), "stage-finished")]
[JsonDerivedType(typeof(ModelBuilt), "model-built")]
[JsonDerivedType(typeof(OperationTraced), "operation-traced")]
[JsonDerivedType(typeof(ParameterObserved), "parameter-observed")]
[JsonDerivedType(typeof(BatchAxisTested), "batch-axis-tested")]
[JsonDerivedType(typeof(InitialLossObserved), "initial-loss-observed")]
[JsonDerivedType(typeof(SingleBatchTried), "single-batch-tried")]
[JsonDerivedType(typeof(ExperimentFinished), "experiment-finished")]
[JsonDerivedType(typeof(BaselineMeasured), "baseline-measured")]
[JsonDerivedType(typeof(BaselineCompared), "baseline-compared")]
[JsonDerivedType(typeof(EpochFinished), "epoch-finished")]
[JsonDerivedType(typeof(TrainingEnded), "training-ended")]
[JsonDerivedType(typeof(Evaluated), "evaluated")]
[JsonDerivedType(typeof(TrialFinished), "trial-finished")]
[JsonDerivedType(typeof(RoundFinished), "round-finished")]
[JsonDerivedType(typeof(TargetChosen), "target-chosen")]
[JsonDerivedType(typeof(DataProfiled), "data-profiled")]
[JsonDerivedType(typeof(SplitMade), "split-made")]
[JsonDerivedType(typeof(NormalizationApplied), "normalization-applied")]
[JsonDerivedType(typeof(DecompositionMeasured), "decomposition-measured")]
[JsonDerivedType(typeof(ConfusionMeasured), "confusion-measured")]
[JsonDerivedType(typeof(HardExample), "hard-example")]
[JsonDerivedType(typeof(SlicesSearched), "slices-searched")]
[JsonDerivedType(typeof(SliceMeasured), "slice-measured")]
[JsonDerivedType(typeof(LabelNoiseMeasured), "label-noise-measured")]
[JsonDerivedType(typeof(LabelSuspected), "label-suspected")]
[JsonDerivedType(typeof(CalibrationMeasured), "calibration-measured")]
[JsonDerivedType(typeof(NextAction), "next-action")]
[JsonDerivedType(typeof(LabelsTested), "labels-tested")]
[JsonDerivedType(typeof(InputsFed), "inputs-fed")]
[JsonDerivedType(typeof(ShiftTested), "shift-tested")]
[JsonDerivedType(typeof(ProgramStarted), "program-started")]
[JsonDerivedType(typeof(ProgramEnded), "program-ended")]
[JsonDerivedType(typeof(ExceptionRaised), "exception-raised")]
[JsonDerivedType(typeof(MetricReported), "metric-reported")]
[JsonDerivedType(typeof(MemoryMeasured), "memory-measured")]
[JsonDerivedType(typeof(StepTimed), "step-timed")]
[JsonDerivedType(typeof(ModuleBuilt), "module-built")]
[JsonDerivedType(typeof(OptimizerBuilt), "optimizer-built")]
[JsonDerivedType(typeof(SchedulerBuilt), "scheduler-built")]
[JsonDerivedType(typeof(LoaderBuilt), "loader-built")]
[JsonDerivedType(typeof(LoopEvent), "loop-event")]
[JsonDerivedType(typeof(BatchObserved), "batch-observed")]
[JsonDerivedType(typeof(LossObserved), "loss-observed")]
[JsonDerivedType(typeof(LossesFollowed), "losses-followed")]
[JsonDerivedType(typeof(PassObserved), "pass-observed")]
[JsonDerivedType(typeof(ParametersMeasured), "parameters-measured")]
[JsonDerivedType(typeof(ActivationsMeasured), "activations-measured")]
[JsonDerivedType(typeof(OperationSeen), "operation-seen")]
[JsonDerivedType(typeof(NonFiniteFound), "non-finite-found")]
[JsonDerivedType(typeof(ReferenceCompared), "reference-compared")]
[JsonDerivedType(typeof(KnownResultCompared), "known-result-compared")]
public abstract record Observation
{
    /// <summary>Seconds since the run started; null where time says nothing.</summary>
    public double? At { get; init; }
}
