using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>What an exception of a watched program is about. Each kind is the matter of one check.</summary>
public enum CrashKind
{
    Other,
    KernelTooLarge,
    OneExample,
    TargetOutOfBounds,
    ProbabilityOutOfRange,
    InPlace,
    GraphTwice,
    NoGradient,
    NoParameters,
    Device,
    Memory,
    DType,
    Shape,
}

/// <summary>Reads the messages of libtorch, of PyTorch and of this engine.</summary>
public static class Crashes
{
    static readonly (CrashKind Kind, string[] Words)[] _words =
    [
        (CrashKind.KernelTooLarge, ["kernel size can't be greater than actual input size", "output size is too small", "should be smaller than or equal to half of kernel size"]),
        (CrashKind.OneExample, ["expected more than 1 value per channel when training", "one value per channel has no variance", "expected more than 1 spatial element when training"]),
        (CrashKind.ProbabilityOutOfRange, ["all elements of input should be between 0 and 1", "input_val >= zero && input_val <= one"]),
        (CrashKind.InPlace, ["modified by an inplace operation", "leaf variable that requires grad is being used in an in-place operation",
            "leaf variable that requires grad has been used in an in-place operation", "view of a leaf variable that requires grad is being used in an in-place"]),
        (CrashKind.GraphTwice, ["backward through the graph a second time"]),
        (CrashKind.NoGradient, ["does not require grad and does not have a grad_fn"]),
        (CrashKind.NoParameters, ["got an empty parameter list"]),
        (CrashKind.Device, ["tensors to be on the same device", "should be on the same device", "is on cpu, but expected", "found at least two devices"]),
        (CrashKind.Memory, ["out of memory", "can't allocate memory", "cannot allocate memory"]),
        (CrashKind.TargetOutOfBounds, ["is out of bounds.", "t >= 0 && t < n_classes", "cur_target >= 0 && cur_target < n_classes"]),
        (CrashKind.DType, ["expected scalar type", "must have the same dtype", "should be the same", "expected dtype", "have one of the following scalar types", "found dtype",
            "not implemented for '", "can't be cast to the desired output type", "expected object of scalar type", "only tensors of floating point", "could not infer output dtype",
            "can only calculate the mean of floating types", "takes class ids as int64", "takes a target of floating-point numbers", "tensors used as indices must be long"]),
        (CrashKind.Shape, ["cannot be multiplied", "must match the size of tensor", "must match the existing size", "size mismatch", "channels, but got", "invalid for input of size", "to match target batch_size",
            "(unbatched) or", "input (got", "input must have", "dimensional input", "running_mean should contain", "normalized_shape=", "index out of range in self",
            "sizes of tensors must match", "stack expects each tensor to be equal size", "must be equal to input_size", "expected hidden", "expected floating point type for target with class probabilities",
            "that is different to the input size", "must be the same as input size", "multi-target not supported", "target tensor expected", "dimension out of range",
            "takes class ids of shape", "they must be equal, or broadcasting", "takes an input of", "shape mismatch", "not broadcastable", "scalar outputs",
            "inconsistent tensor size", "must have same dimensions", "must be of the same size", "expected size for first two dimensions", "only batches of spatial targets"]),
    ];

    public static CrashKind KindOf(ExceptionRaised crash)
    {
        ArgumentNullException.ThrowIfNull(crash);
        foreach (var (kind, words) in _words)
            if (words.Any(w => crash.Message.Contains(w, StringComparison.OrdinalIgnoreCase)) && Fits(kind, crash.Message)) return kind;
        return CrashKind.Other;
    }

    /// <summary>Words that several kinds of messages share.</summary>
    static bool Fits(CrashKind kind, string message) => kind switch
    {
        CrashKind.TargetOutOfBounds => message.Contains("arget", StringComparison.Ordinal) || message.Contains("n_classes", StringComparison.Ordinal),
        // "Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same" is about places.
        CrashKind.DType => !(message.Contains("should be the same", StringComparison.OrdinalIgnoreCase) && message.Contains("cuda", StringComparison.OrdinalIgnoreCase)),
        _ => true,
    };
}
