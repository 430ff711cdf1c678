namespace Pessimist.Experiments;

/// <summary>Names of causes: where a check names the same thing, its name.</summary>
public static class Causes
{
    public const string BatchNotFrozen = "batch-not-frozen";
    public const string LearningRateTooHigh = "learning-rate-too-high";
    public const string LearningRateTooLow = "learning-rate-too-low";
    public const string LossSignFlipped = "loss-sign-flipped";
    public const string LossScaled = "loss-scaled";
    public const string ExcessiveWeightDecay = "excessive-weight-decay";
    public const string ExcessiveDropout = "excessive-dropout";
    public const string SymmetricInitialization = "symmetric-initialization";
    public const string InitializationScale = "initialization-scale";
    public const string InputNotNormalized = "input-not-normalized";
    public const string InputNotFinite = "input-not-finite";
    public const string PrecisionTooLow = "precision-too-low";
    public const string NonFiniteOperation = "non-finite-operation";
    public const string VanishingGradients = "vanishing-gradients";
    public const string UnusedParameters = "unused-parameters";
    public const string InputIgnored = "input-ignored";
    public const string HardExamples = "hard-examples";
    public const string FaultInModel = "fault-in-model-loss-or-optimizer";
    public const string FaultInData = "fault-in-data-or-targets";
    public const string GradientsNotZeroed = "gradients-not-zeroed";
    public const string SoftmaxBeforeCrossEntropy = "softmax-before-cross-entropy";
    public const string SigmoidBeforeBceWithLogits = "sigmoid-before-bce-with-logits";
    public const string ActivationOnOutput = "activation-on-output";
    public const string SoftmaxOverWrongDimension = "softmax-over-wrong-dimension";
    public const string DetachedGraph = "detached-graph";
    public const string BroadcastLoss = "broadcast-loss";
    public const string UnoptimizedParameters = "unoptimized-parameters";
    public const string FrozenParameters = "frozen-parameters";
    public const string WrongGradient = "wrong-custom-gradient";
    public const string FaultInLoop = "fault-in-loop-loss-or-optimizer";
    public const string CollapsedLearningRate = "collapsed-learning-rate";
    public const string AlwaysClippedGradients = "always-clipped-gradients";
    public const string ModeDependent = "mode-dependent-layers";
}
