using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>What the probe has to know of an operator; looked up once for each.</summary>
sealed class OperatorKind
{
    static OperatorKind?[] s_known = new OperatorKind?[256];

    static int s_count;

    /// <summary>Tells kinds apart in keys.</summary>
    public int Id { get; } = Interlocked.Increment(ref s_count);

    /// <summary>Without namespace; without the underscore of one that works in place.</summary>
    public required string Name { get; init; }
    public bool InPlace { get; init; }

    /// <summary>Name of the loss, when it is one: <c>cross-entropy</c>.</summary>
    public string? Loss { get; init; }
    public bool IsDropout { get; init; }
    public bool IsBatchNorm { get; init; }

    /// <summary>Neither changes a value nor makes one: shape, layout, type, place.</summary>
    public bool IsView { get; init; }

    /// <summary>Steps of optimizers and the clearing of gradients: no part of the graph.</summary>
    public bool IsBookkeeping { get; init; }

    /// <summary>Memory that nothing has been written to: what lies in it, a NaN at times, is nobody's value.</summary>
    public bool IsUnwritten { get; init; }

    /// <summary>Never below zero, zero for half of the line.</summary>
    public bool IsRectifier { get; init; }

    /// <summary>Ends of the range of one that saturates.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <summary>Outputs are features on the last axis (true), or channels on axis 1 (false).</summary>
    public bool? LastAxis { get; init; }

    public bool IsActivation => IsRectifier || Range is not null;

    /// <summary>Gradients that were asked for.</summary>
    public static OperatorKind Gradient { get; } = new() { Name = "grad" };

    public static OperatorKind Of(Operator op)
    {
        var known = s_known;
        if (op.Index < known.Length && known[op.Index] is { } kind) return kind;
        kind = Make(op.Name);
        // Two threads may both make it; either is right.
        if (op.Index >= known.Length) Array.Resize(ref known, Math.Max(op.Index + 1, known.Length * 2));
        known[op.Index] = kind;
        s_known = known;
        return kind;
    }

    static OperatorKind Make(string fullName)
    {
        var name = fullName[(fullName.LastIndexOf(':') + 1)..];
        var inPlace = name.EndsWith('_') && !name.EndsWith("__", StringComparison.Ordinal);
        var stem = inPlace ? name[..^1] : name;
        return new OperatorKind
        {
            Name = stem,
            InPlace = inPlace,
            Loss = stem switch
            {
                "cross_entropy_loss" => "cross-entropy",
                "nll_loss" or "nll_loss_nd" or "nll_loss2d" => "nll",
                "binary_cross_entropy" => "bce",
                "binary_cross_entropy_with_logits" => "bce-with-logits",
                "mse_loss" => "mse",
                "l1_loss" => "l1",
                "smooth_l1_loss" => "smooth-l1",
                "huber_loss" => "huber",
                "kl_div" => "kl-div",
                "poisson_nll_loss" => "poisson-nll",
                "ctc_loss" => "ctc",
                "soft_margin_loss" => "soft-margin",
                "multi_margin_loss" => "multi-margin",
                "multilabel_margin_loss" => "multilabel-margin",
                "hinge_embedding_loss" => "hinge-embedding",
                "cosine_embedding_loss" => "cosine-embedding",
                "triplet_margin_loss" => "triplet-margin",
                "margin_ranking_loss" => "margin-ranking",
                _ => null,
            },
            IsBookkeeping = fullName is "pessimist::zero_grad" or "pessimist::adam_" or "pessimist::sgd_" or "pessimist::rmsprop_",
            IsUnwritten = stem is "empty" or "empty_like" or "empty_strided" or "empty_permuted" or "new_empty" or "new_empty_strided",
            IsDropout = stem is "dropout" or "feature_dropout" or "alpha_dropout" or "feature_alpha_dropout",
            IsBatchNorm = stem is "batch_norm",
            IsView = stem is "view" or "reshape" or "flatten" or "squeeze" or "unsqueeze" or "transpose" or "t" or "permute" or "expand" or "contiguous"
                or "detach" or "to" or "clone" or "select" or "slice" or "narrow" or "alias" or "view_as" or "expand_as"
                or "chunk" or "unbind" or "reverse_gradient",
            IsRectifier = stem is "relu" or "relu6",
            Range = stem switch
            {
                "sigmoid" => (0, 1),
                "tanh" => (-1, 1),
                "hardtanh" => (-1, 1),
                _ => null,
            },
            LastAxis = stem switch
            {
                "linear" or "matmul" or "mm" or "addmm" or "bmm" or "embedding" or "layer_norm" or "lstm" or "gru" => true,
                "conv1d" or "conv2d" or "conv3d" or "conv_transpose2d" or "batch_norm" or "group_norm" or "instance_norm" => false,
                _ => null,
            },
        };
    }
}
