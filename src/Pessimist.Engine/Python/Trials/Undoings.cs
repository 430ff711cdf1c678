using Pessimist.Checks;
using Pessimist.Experiments;

namespace Pessimist.Engine.Python.Trials;

/// <summary>What undoes the cause that a finding names.</summary>
static class Undoings
{
    /// <summary>How far a learning rate is moved when the default is no help.</summary>
    const double RateFactor = 10;

    static readonly HashSet<string> s_fixed = new(StringComparer.Ordinal)
    {
        Causes.LearningRateTooHigh, Causes.LearningRateTooLow, Causes.LossSignFlipped, Causes.ExcessiveWeightDecay, Causes.ExcessiveDropout, Causes.SymmetricInitialization,
        Causes.InitializationScale, Causes.InputNotNormalized, Causes.PrecisionTooLow, Causes.GradientsNotZeroed, Causes.BroadcastLoss, Causes.UnoptimizedParameters,
        Causes.FrozenParameters, TrainingInEvalMode,
    };

    /// <summary>These need the line, which a run of the program as it is tells.</summary>
    static readonly HashSet<string> s_placed = new(StringComparer.Ordinal)
    {
        Causes.SoftmaxBeforeCrossEntropy, Causes.SigmoidBeforeBceWithLogits, Causes.ActivationOnOutput, Causes.SoftmaxOverWrongDimension, Causes.DetachedGraph,
    };

    const string TrainingInEvalMode = "training-in-eval-mode";

    public static bool MayUndo(string cause) => s_fixed.Contains(cause) || s_placed.Contains(cause);

    /// <param name="asIs">A run of the program as it is.</param>
    public static Intervention? Of(Finding finding, TrialTranscript asIs) => finding.Name switch
    {
        Causes.LearningRateTooHigh when asIs.Look?.LearningRate is { } rate => new SetLearningRate(Math.Min(Default(asIs), rate / RateFactor)),
        Causes.LearningRateTooLow when asIs.Look?.LearningRate is { } rate => new SetLearningRate(Math.Max(Default(asIs), rate * RateFactor)),
        Causes.LossSignFlipped => new ScaleLoss(-1),
        Causes.ExcessiveWeightDecay => new SetWeightDecay(0),
        Causes.ExcessiveDropout => new SetDropout(0),
        Causes.SymmetricInitialization or Causes.InitializationScale => new UseDefaultInitialization(),
        Causes.InputNotNormalized => new NormalizeInputs(),
        Causes.PrecisionTooLow => new UseFloat64(),
        Causes.GradientsNotZeroed => new ZeroGradients(),
        Causes.BroadcastLoss => new UsePlainLoss(),
        Causes.UnoptimizedParameters => new OptimizeAll(),
        Causes.FrozenParameters => new Unfreeze(),
        TrainingInEvalMode => new UseTrainingMode(),
        _ => asIs.Suspicions.FirstOrDefault(s => s.Cause == finding.Name)?.Undo,
    };

    static double Default(TrialTranscript asIs) => asIs.Look?.Optimizer == "SGD" ? 0.01 : 1e-3;
}
