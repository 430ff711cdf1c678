using Pessimist.Checks.Data;
using Pessimist.Checks.Gradients;
using Pessimist.Checks.Loss;
using Pessimist.Checks.Model;
using Pessimist.Checks.Modes;
using Pessimist.Checks.Numerics;
using Pessimist.Checks.Optimization;
using Pessimist.Checks.Resources;
using Pessimist.Checks.Settings;
using Pessimist.Checks.SingleBatch;

namespace Pessimist.Checks;

/// <summary>Every check, one line each, sorted by code.</summary>
public static class Catalog
{
    static readonly (CheckInfo Info, Func<CheckLimits, Check> Create)[] s_entries =
    [
        (InputNotNormalized.About, limits => new InputNotNormalized(limits.Of<InputNotNormalized.Limits>())),
        (InputNormalizedTwice.About, limits => new InputNormalizedTwice(limits.Of<InputNormalizedTwice.Limits>())),
        (ConstantFeature.About, limits => new ConstantFeature(limits.Of<ConstantFeature.Limits>())),
        (InputDtypeTruncated.About, limits => new InputDtypeTruncated(limits.Of<InputDtypeTruncated.Limits>())),
        (InputLayoutSwapped.About, limits => new InputLayoutSwapped(limits.Of<InputLayoutSwapped.Limits>())),
        (InputNotFinite.About, _ => new InputNotFinite()),
        (LabelsMispaired.About, limits => new LabelsMispaired(limits.Of<LabelsMispaired.Limits>())),
        (LabelsOutOfRange.About, limits => new LabelsOutOfRange(limits.Of<LabelsOutOfRange.Limits>())),
        (NoisyLabels.About, limits => new NoisyLabels(limits.Of<NoisyLabels.Limits>())),
        (ClassImbalance.About, limits => new ClassImbalance(limits.Of<ClassImbalance.Limits>())),
        (DataNotShuffled.About, limits => new DataNotShuffled(limits.Of<DataNotShuffled.Limits>())),
        (LeakedValidationData.About, limits => new LeakedValidationData(limits.Of<LeakedValidationData.Limits>())),
        (DuplicateExamples.About, limits => new DuplicateExamples(limits.Of<DuplicateExamples.Limits>())),
        (TooFewExamples.About, limits => new TooFewExamples(limits.Of<TooFewExamples.Limits>())),
        (ShiftedDistribution.About, limits => new ShiftedDistribution(limits.Of<ShiftedDistribution.Limits>())),
        (AugmentedValidationData.About, limits => new AugmentedValidationData(limits.Of<AugmentedValidationData.Limits>())),
        (AugmentationTooStrong.About, _ => new AugmentationTooStrong()),
        (TargetConstant.About, limits => new TargetConstant(limits.Of<TargetConstant.Limits>())),
        (RepeatedBatches.About, limits => new RepeatedBatches(limits.Of<RepeatedBatches.Limits>())),
        (PreprocessingDiffers.About, limits => new PreprocessingDiffers(limits.Of<PreprocessingDiffers.Limits>())),
        (LeakedTarget.About, limits => new LeakedTarget(limits.Of<LeakedTarget.Limits>())),
        (MissingValues.About, limits => new MissingValues(limits.Of<MissingValues.Limits>())),
        (Outliers.About, _ => new Outliers()),
        (MixedUnits.About, limits => new MixedUnits(limits.Of<MixedUnits.Limits>())),
        (UnreadableExample.About, _ => new UnreadableExample()),
        (InconsistentShapes.About, _ => new InconsistentShapes()),
        (IdentifierAsFeature.About, limits => new IdentifierAsFeature(limits.Of<IdentifierAsFeature.Limits>())),
        (MissingNonlinearity.About, _ => new MissingNonlinearity()),
        (OutputWidthWrong.About, _ => new OutputWidthWrong()),
        (ActivationOnOutput.About, limits => new ActivationOnOutput(limits.Of<ActivationOnOutput.Limits>())),
        (BiasBeforeBatchNorm.About, _ => new BiasBeforeBatchNorm()),
        (MixedBatchAxis.About, limits => new MixedBatchAxis(limits.Of<MixedBatchAxis.Limits>())),
        (UnregisteredParameters.About, _ => new UnregisteredParameters()),
        (SharedLayerByMistake.About, _ => new SharedLayerByMistake()),
        (UnusedParameters.About, limits => new UnusedParameters(limits.Of<UnusedParameters.Limits>())),
        (SymmetricInitialization.About, _ => new SymmetricInitialization()),
        (InitializationScale.About, limits => new InitializationScale(limits.Of<InitializationScale.Limits>())),
        (ExcessiveDropout.About, limits => new ExcessiveDropout(limits.Of<ExcessiveDropout.Limits>())),
        (BatchNormOnOneExample.About, _ => new BatchNormOnOneExample()),
        (SequenceAxisSwapped.About, _ => new SequenceAxisSwapped()),
        (KernelLargerThanInput.About, _ => new KernelLargerThanInput()),
        (ShapeMismatch.About, _ => new ShapeMismatch()),
        (DtypeMismatch.About, _ => new DtypeMismatch()),
        (HiddenStateCarried.About, _ => new HiddenStateCarried()),
        (InPlaceAutograd.About, _ => new InPlaceAutograd()),
        (LossNotFinite.About, _ => new LossNotFinite()),
        (SoftmaxBeforeCrossEntropy.About, limits => new SoftmaxBeforeCrossEntropy(limits.Of<SoftmaxBeforeCrossEntropy.Limits>())),
        (LogSoftmaxBeforeCrossEntropy.About, limits => new LogSoftmaxBeforeCrossEntropy(limits.Of<LogSoftmaxBeforeCrossEntropy.Limits>())),
        (SigmoidBeforeBceWithLogits.About, limits => new SigmoidBeforeBceWithLogits(limits.Of<SigmoidBeforeBceWithLogits.Limits>())),
        (LogitsToProbabilityLoss.About, limits => new LogitsToProbabilityLoss(limits.Of<LogitsToProbabilityLoss.Limits>())),
        (BroadcastLoss.About, _ => new BroadcastLoss()),
        (SoftmaxOverWrongDimension.About, limits => new SoftmaxOverWrongDimension(limits.Of<SoftmaxOverWrongDimension.Limits>())),
        (LossSignFlipped.About, limits => new LossSignFlipped(limits.Of<LossSignFlipped.Limits>())),
        (LossWithoutGradient.About, _ => new LossWithoutGradient()),
        (LossUnsuitedToTask.About, _ => new LossUnsuitedToTask()),
        (UnexpectedInitialLoss.About, limits => new UnexpectedInitialLoss(limits.Of<UnexpectedInitialLoss.Limits>())),
        (SummedLoss.About, _ => new SummedLoss()),
        (LossIgnoresTarget.About, limits => new LossIgnoresTarget(limits.Of<LossIgnoresTarget.Limits>())),
        (DominantRegularization.About, limits => new DominantRegularization(limits.Of<DominantRegularization.Limits>())),
        (RetainedGraph.About, limits => new RetainedGraph(limits.Of<RetainedGraph.Limits>())),
        (GradientNotFinite.About, _ => new GradientNotFinite()),
        (VanishingGradients.About, limits => new VanishingGradients(limits.Of<VanishingGradients.Limits>())),
        (ExplodingGradients.About, limits => new ExplodingGradients(limits.Of<ExplodingGradients.Limits>())),
        (GradientsNotZeroed.About, limits => new GradientsNotZeroed(limits.Of<GradientsNotZeroed.Limits>())),
        (DetachedGraph.About, limits => new DetachedGraph(limits.Of<DetachedGraph.Limits>())),
        (AlwaysClippedGradients.About, limits => new AlwaysClippedGradients(limits.Of<AlwaysClippedGradients.Limits>())),
        (WrongCustomGradient.About, limits => new WrongCustomGradient(limits.Of<WrongCustomGradient.Limits>())),
        (LearningRateTooHigh.About, limits => new LearningRateTooHigh(limits.Of<LearningRateTooHigh.Limits>())),
        (LearningRateTooLow.About, limits => new LearningRateTooLow(limits.Of<LearningRateTooLow.Limits>())),
        (UnoptimizedParameters.About, _ => new UnoptimizedParameters()),
        (StaleOptimizerParameters.About, _ => new StaleOptimizerParameters()),
        (CollapsedLearningRate.About, limits => new CollapsedLearningRate(limits.Of<CollapsedLearningRate.Limits>())),
        (DeadUnits.About, limits => new DeadUnits(limits.Of<DeadUnits.Limits>())),
        (SaturatedUnits.About, limits => new SaturatedUnits(limits.Of<SaturatedUnits.Limits>())),
        (ExcessiveWeightDecay.About, limits => new ExcessiveWeightDecay(limits.Of<ExcessiveWeightDecay.Limits>())),
        (FrozenParameters.About, limits => new FrozenParameters(limits.Of<FrozenParameters.Limits>())),
        (MissingOptimizerStep.About, limits => new MissingOptimizerStep(limits.Of<MissingOptimizerStep.Limits>())),
        (OptimizerRecreated.About, limits => new OptimizerRecreated(limits.Of<OptimizerRecreated.Limits>())),
        (EvaluationInTrainMode.About, _ => new EvaluationInTrainMode()),
        (TrainingInEvalMode.About, limits => new TrainingInEvalMode(limits.Of<TrainingInEvalMode.Limits>())),
        (MetricOverWrongAxis.About, _ => new MetricOverWrongAxis()),
        (MetricDenominatorWrong.About, limits => new MetricDenominatorWrong(limits.Of<MetricDenominatorWrong.Limits>())),
        (EvaluationWithGradients.About, _ => new EvaluationWithGradients()),
        (ValidationOnTrainingData.About, limits => new ValidationOnTrainingData(limits.Of<ValidationOnTrainingData.Limits>())),
        (Underfitting.About, limits => new Underfitting(limits.Of<Underfitting.Limits>())),
        (Overfitting.About, limits => new Overfitting(limits.Of<Overfitting.Limits>())),
        (OverfitValidationSet.About, _ => new OverfitValidationSet()),
        (MetricDisagreesWithLoss.About, limits => new MetricDisagreesWithLoss(limits.Of<MetricDisagreesWithLoss.Limits>())),
        (ConstantPrediction.About, limits => new ConstantPrediction(limits.Of<ConstantPrediction.Limits>())),
        (FailingSlice.About, limits => new FailingSlice(limits.Of<FailingSlice.Limits>())),
        (MiscalibratedProbabilities.About, limits => new MiscalibratedProbabilities(limits.Of<MiscalibratedProbabilities.Limits>())),
        (NonFiniteOperation.About, limits => new NonFiniteOperation(limits.Of<NonFiniteOperation.Limits>())),
        (UnstableFormula.About, limits => new UnstableFormula(limits.Of<UnstableFormula.Limits>())),
        (PrecisionTooLow.About, _ => new PrecisionTooLow()),
        (GrowingMemory.About, limits => new GrowingMemory(limits.Of<GrowingMemory.Limits>())),
        (OutOfMemory.About, limits => new OutOfMemory(limits.Of<OutOfMemory.Limits>())),
        (StarvedByLoader.About, limits => new StarvedByLoader(limits.Of<StarvedByLoader.Limits>())),
        (IdleDevice.About, limits => new IdleDevice(limits.Of<IdleDevice.Limits>())),
        (MixedDevices.About, _ => new MixedDevices()),
        (SingleBatchGoesUp.About, _ => new SingleBatchGoesUp()),
        (SingleBatchExplodes.About, _ => new SingleBatchExplodes()),
        (SingleBatchOscillates.About, _ => new SingleBatchOscillates()),
        (SingleBatchPlateaus.About, _ => new SingleBatchPlateaus()),
        (WorseThanBaseline.About, limits => new WorseThanBaseline(limits.Of<WorseThanBaseline.Limits>())),
        (DiffersFromReference.About, _ => new DiffersFromReference()),
        (BelowKnownResult.About, limits => new BelowKnownResult(limits.Of<BelowKnownResult.Limits>())),
    ];

    static readonly Lazy<Dictionary<string, Type>> s_types = new(() =>
        s_entries.Select(e => e.Create(CheckLimits.Defaults)).ToDictionary(c => c.Info.Code, c => c.GetType()));

    static readonly Lazy<Dictionary<string, IReadOnlyList<Limit>>> s_limits = new(() => s_types.Value.ToDictionary(t => t.Key, t => Limit.Of(t.Value)));

    public static IReadOnlyList<CheckInfo> Infos { get; } = [.. s_entries.Select(e => e.Info)];

    /// <summary>Fresh instances, for one run, with the limits that the project sets.</summary>
    public static IReadOnlyList<Check> Create(CheckSettings? settings = null) =>
        [.. s_entries.Select(e => e.Create((settings ?? CheckSettings.Default).LimitsOf(e.Info)))];

    /// <summary>The part of the work that a check looks at: data, model, loss, gradients, …</summary>
    public static string AreaOf(CheckInfo info) => s_types.Value[info.Code].Namespace!.Split('.')[^1] switch
    {
        "SingleBatch" => "single batch",
        var area => area.ToLowerInvariant(),
    };

    /// <summary>The limits of a check, in the order they are declared.</summary>
    public static IReadOnlyList<Limit> LimitsOf(CheckInfo info) => s_limits.Value[info.Code];

    /// <summary>By code (PES904) or name (single-batch-plateaus), ignoring case.</summary>
    public static CheckInfo? Find(string nameOrCode) =>
        Infos.FirstOrDefault(i => i.Code.Equals(nameOrCode, StringComparison.OrdinalIgnoreCase) || i.Name.Equals(nameOrCode, StringComparison.OrdinalIgnoreCase));
}
