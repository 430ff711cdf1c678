using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>What an operation is, whatever layer of the framework it was seen at: <c>addmm</c> under <c>linear</c>, <c>_softmax</c> under <c>softmax</c>.</summary>
public static class OperationNames
{
    static readonly Dictionary<string, string> _same = new(StringComparer.Ordinal)
    {
        ["convolution"] = "conv", ["conv1d"] = "conv", ["conv2d"] = "conv", ["conv3d"] = "conv", ["mkldnn_convolution"] = "conv", ["thnn_conv2d"] = "conv",
        ["cudnn_convolution"] = "conv", ["convolution_overrideable"] = "conv",
        ["conv_transpose1d"] = "conv_transpose", ["conv_transpose2d"] = "conv_transpose", ["conv_transpose3d"] = "conv_transpose",
        ["addmm"] = "linear", ["mm"] = "matmul", ["bmm"] = "matmul", ["baddbmm"] = "matmul", ["__matmul__"] = "matmul",
        ["native_batch_norm"] = "batch_norm", ["cudnn_batch_norm"] = "batch_norm", ["batch_norm_impl_index"] = "batch_norm", ["native_batch_norm_legit"] = "batch_norm",
        ["native_layer_norm"] = "layer_norm", ["native_group_norm"] = "group_norm", ["native_dropout"] = "dropout",
        ["nll_loss_nd"] = "nll_loss", ["nll_loss_forward"] = "nll_loss", ["nll_loss2d_forward"] = "nll_loss", ["nll_loss2d"] = "nll_loss",
        ["cross_entropy"] = "cross_entropy_loss", ["expit"] = "sigmoid", ["subtract"] = "sub", ["multiply"] = "mul", ["divide"] = "div", ["true_divide"] = "div",
    };

    static readonly HashSet<string> _views = new(StringComparer.Ordinal)
    {
        "view", "reshape", "unsafe_view", "view_as", "reshape_as", "flatten", "unflatten", "squeeze", "unsqueeze", "permute", "transpose", "t", "swapaxes", "swapdims",
        "movedim", "moveaxis", "contiguous", "alias", "clone", "lift_fresh", "ravel", "numpy_t", "matrix_h", "adjoint",
    };

    static readonly HashSet<string> _casts = new(StringComparer.Ordinal)
        { "to", "to_copy", "float", "double", "half", "bfloat16", "type", "type_as", "cpu", "cuda" };

    static readonly HashSet<string> _integerCasts = new(StringComparer.Ordinal) { "long", "int", "short", "char", "byte", "bool" };

    static readonly HashSet<string> _parts = new(StringComparer.Ordinal)
        { "select", "slice", "narrow", "index", "getitem", "split", "split_with_sizes", "chunk", "unbind", "tensor_split", "gather", "index_select", "masked_select" };

    /// <summary>The name without overload, namespace and the underscores of in-place and private forms; one name for the same thing.</summary>
    public static string Canonical(string operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var name = operation.AsSpan(operation.LastIndexOf(':') + 1);
        var dot = name.IndexOf('.');
        if (dot > 0) name = name[..dot];
        var text = name.Trim('_').ToString().ToLowerInvariant();
        return _same.GetValueOrDefault(text, text);
    }

    /// <summary>The same elements in another shape or order.</summary>
    public static bool IsView(string canonical) => _views.Contains(canonical);

    /// <summary>The same elements in another type or place; not to whole numbers.</summary>
    public static bool IsCast(string canonical) => _casts.Contains(canonical);

    /// <summary>To whole numbers: no gradient passes.</summary>
    public static bool IsIntegerCast(string canonical) => _integerCasts.Contains(canonical);

    /// <summary>Some of the elements.</summary>
    public static bool IsPart(string canonical) => _parts.Contains(canonical);

    /// <summary>The values go through unchanged, and gradients with them.</summary>
    public static bool IsTransparent(OperationSeen operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var name = Canonical(operation.Operation);
        return IsView(name) || IsCast(name) && operation.Outputs is [{ } output, ..] && IsFloating(output.DType);
    }

    public static bool IsFloating(string dtype) => dtype is "float32" or "float64" or "float16" or "bfloat16" or "float" or "double" or "half";

    /// <summary>No gradient passes, whatever comes in.</summary>
    public static bool CutsGradient(string canonical) => canonical is "argmax" or "argmin" or "argsort" or "round" or "floor" or "ceil" or "trunc" or "sign" or "detach" or "item"
        or "eq" or "ne" or "gt" or "ge" or "lt" or "le" or "one_hot" or "bincount" or "nonzero" or "count_nonzero" or "equal" or "isclose" or "bernoulli" or "multinomial" or "heaviside"
        or "numpy" or "tolist" || IsIntegerCast(canonical);
}
