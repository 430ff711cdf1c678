using Pessimist.Checks.Data;
using Pessimist.Checks.Gradients;
using Pessimist.Checks.Loss;
using Pessimist.Checks.Model;
using Pessimist.Checks.Modes;
using Pessimist.Checks.Numerics;
using Pessimist.Checks.Optimization;
using Pessimist.Checks.SingleBatch;

namespace Pessimist.Checks;

/// <summary>Every check, one line each, sorted by code.</summary>
public static class Catalog
{
    static readonly (CheckInfo Info, Func<Check> Create)[] s_entries =
    [
        (InputNotNormalized.About, () => new InputNotNormalized(new())),
        (InputNormalizedTwice.About, () => new InputNormalizedTwice(new())),
        (ConstantFeature.About, () => new ConstantFeature(new())),
        (InputNotFinite.About, () => new InputNotFinite()),
        (LabelsMispaired.About, () => new LabelsMispaired()),
        (LabelsOutOfRange.About, () => new LabelsOutOfRange(new())),
        (ClassImbalance.About, () => new ClassImbalance(new())),
        (LeakedValidationData.About, () => new LeakedValidationData(new())),
        (DuplicateExamples.About, () => new DuplicateExamples(new())),
        (TooFewExamples.About, () => new TooFewExamples(new())),
        (ShiftedDistribution.About, () => new ShiftedDistribution(new())),
        (TargetConstant.About, () => new TargetConstant()),
        (LeakedTarget.About, () => new LeakedTarget(new())),
        (MissingValues.About, () => new MissingValues(new())),
        (Outliers.About, () => new Outliers()),
        (MixedUnits.About, () => new MixedUnits(new())),
        (UnreadableExample.About, () => new UnreadableExample()),
        (InconsistentShapes.About, () => new InconsistentShapes()),
        (IdentifierAsFeature.About, () => new IdentifierAsFeature(new())),
        (MixedBatchAxis.About, () => new MixedBatchAxis(new())),
        (UnusedParameters.About, () => new UnusedParameters()),
        (SymmetricInitialization.About, () => new SymmetricInitialization()),
        (InitializationScale.About, () => new InitializationScale()),
        (ExcessiveDropout.About, () => new ExcessiveDropout()),
        (LossNotFinite.About, () => new LossNotFinite()),
        (LossSignFlipped.About, () => new LossSignFlipped()),
        (UnexpectedInitialLoss.About, () => new UnexpectedInitialLoss(new())),
        (VanishingGradients.About, () => new VanishingGradients()),
        (DetachedGraph.About, () => new DetachedGraph()),
        (LearningRateTooHigh.About, () => new LearningRateTooHigh()),
        (LearningRateTooLow.About, () => new LearningRateTooLow()),
        (ExcessiveWeightDecay.About, () => new ExcessiveWeightDecay()),
        (Underfitting.About, () => new Underfitting()),
        (Overfitting.About, () => new Overfitting()),
        (OverfitValidationSet.About, () => new OverfitValidationSet()),
        (ConstantPrediction.About, () => new ConstantPrediction(new())),
        (NonFiniteOperation.About, () => new NonFiniteOperation()),
        (PrecisionTooLow.About, () => new PrecisionTooLow()),
        (SingleBatchGoesUp.About, () => new SingleBatchGoesUp()),
        (SingleBatchExplodes.About, () => new SingleBatchExplodes()),
        (SingleBatchOscillates.About, () => new SingleBatchOscillates()),
        (SingleBatchPlateaus.About, () => new SingleBatchPlateaus()),
        (WorseThanBaseline.About, () => new WorseThanBaseline(new())),
    ];

    public static IReadOnlyList<CheckInfo> Infos { get; } = [.. s_entries.Select(e => e.Info)];

    /// <summary>Fresh instances, for one run.</summary>
    public static IReadOnlyList<Check> Create() => [.. s_entries.Select(e => e.Create())];

    /// <summary>By code (PES904) or name (single-batch-plateaus), ignoring case.</summary>
    public static CheckInfo? Find(string nameOrCode) =>
        Infos.FirstOrDefault(i => i.Code.Equals(nameOrCode, StringComparison.OrdinalIgnoreCase) || i.Name.Equals(nameOrCode, StringComparison.OrdinalIgnoreCase));
}
