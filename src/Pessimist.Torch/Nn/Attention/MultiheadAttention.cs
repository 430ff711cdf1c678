using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Multi-head attention (Vaswani and others 2017): each head takes softmax(q kᵀ / sqrt(width / heads)) v of its share of the width.</summary>
/// <remarks>Inputs are [N, T, width], PyTorch's <c>batch_first=True</c>. Parameters are PyTorch's: <c>in_proj_weight</c> [3 · width, width]
/// (query, key, value), <c>in_proj_bias</c>, <c>out_proj.weight</c>, <c>out_proj.bias</c>.</remarks>
public sealed class MultiheadAttention : Module
{
    static readonly Operator _selfAttention = new("pessimist::self_attention");

    /// <param name="dropout">Probability with which attention weights are dropped while training.</param>
    public MultiheadAttention(int width, int heads, double dropout = 0, bool bias = true, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        (Width, Heads) = (Require.Positive(width), Require.Positive(heads));
        if (width % heads != 0)
            throw new TorchException($"{heads} heads do not divide a width of {width}");
        Probability = dropout is >= 0 and <= 1
            ? dropout
            : throw new TorchException(FormattableString.Invariant($"dropout probability {dropout} is not valid; it must be between 0 and 1"));
        // Drawn in PyTorch's order: the output's projection comes first.
        OutProj = new(width, width, bias, file, line);
        InProjWeight = Init.GlorotUniform(Init.Parameter(3 * width, width));
        if (!bias)
            return;
        InProjBias = Init.Zeros(Init.Parameter(3 * width));
        Init.Zeros(OutProj.Bias!);
    }

    public int Width { get; }
    public int Heads { get; }
    public double Probability { get; }
    /// <summary>The in proj weight, [3 width, width].</summary>
    public Tensor InProjWeight { get; }
    /// <summary>The in proj bias, [3 width].</summary>
    public Tensor? InProjBias { get; }
    public Linear OutProj { get; }

    /// <summary>Attention of a sequence to itself.</summary>
    protected override Tensor Compute(Tensor input) => Mix(input, null, null);

    /// <summary>Attention of a sequence to itself, masked.</summary>
    /// <param name="input">[N, T, width].</param>
    /// <param name="mask">bool [T, T], true where attention must not look, or numbers that are added before softmax; see <see cref="AttentionMask"/>.</param>
    /// <param name="padding">bool [N, T], true for steps to ignore. Where nothing is left to look at, the result is NaN, as in PyTorch.</param>
    public Tensor Forward(Tensor input, Tensor? mask, Tensor? padding = null) => mask is null && padding is null ? Forward(input) : Forward(input, x => Mix(x, mask, padding));

    /// <summary>Attention of queries to keys and values.</summary>
    /// <param name="query">[N, T, width].</param>
    /// <param name="key">[N, S, width].</param>
    /// <param name="value">[N, S, width].</param>
    /// <param name="mask">bool [T, S], true where attention must not look, or numbers that are added before softmax; see <see cref="AttentionMask"/>.</param>
    /// <param name="padding">bool [N, S], true for keys to ignore. Where nothing is left to look at, the result is NaN, as in PyTorch.</param>
    /// <returns>[N, T, width], and the weights of all heads [N, heads, T, S].</returns>
    public (Tensor Output, Tensor Weights) Attend(Tensor query, Tensor key, Tensor value, Tensor? mask = null, Tensor? padding = null)
    {
        Tensor weights = null!;
        var output = Forward(query, x =>
        {
            (var attended, weights) = Weigh(x, key, value, mask, padding);
            return attended;
        });
        return (output, weights);
    }

    Tensor Mix(Tensor input, Tensor? mask, Tensor? padding)
    {
        var fused = mask is null && padding is null && IsUnseen && input.DType == DType.Float32 && input.Device.Type == DeviceType.Cpu &&
            input.Rank == 3 && input.Size(2) == Width && (Probability == 0 || !Training);
        return fused
            ? OutProj.Forward(_selfAttention.Call(Functional.Linear(input, InProjWeight, InProjBias), Heads))
            : Weigh(input, input, input, mask, padding).Output;
    }

    (Tensor Output, Tensor Weights) Weigh(Tensor query, Tensor key, Tensor value, Tensor? mask, Tensor? padding)
    {
        foreach (var input in (Tensor[])[query, key, value])
            if (input.Rank != 3 || input.Size(2) != Width)
                throw new TorchException($"attention of width {Width} takes [batch, time, {Width}], not {input.Describe()}");
        var (n, t, s) = (query.Size(0), query.Size(1), key.Size(1));
        Check(mask, [t, s], "mask");
        Check(padding, [n, s], "padding mask");
        var (q, k, v) = Project(query, key, value); // each [N, heads, time, width / heads]
        var scores = (q * (1 / Math.Sqrt((double)Width / Heads))).MatMul(k.Transpose(-2, -1)); // [N, heads, T, S]
        if (mask is not null)
            scores = mask.DType == DType.Bool ? scores.MaskedFill(mask, double.NegativeInfinity) : scores + mask;
        if (padding is not null)
            scores = scores.MaskedFill(padding.Reshape(n, 1, 1, s), double.NegativeInfinity);
        var weights = Functional.Softmax(scores, -1);
        if (Probability > 0)
            weights = Functional.Dropout(weights, Probability, Training);
        var joined = weights.MatMul(v).Transpose(1, 2).Reshape(n, t, Width);
        return (OutProj.Forward(joined), weights);
    }

    (Tensor Q, Tensor K, Tensor V) Project(Tensor query, Tensor key, Tensor value)
    {
        if (ReferenceEquals(query, key) && ReferenceEquals(key, value)) // one product instead of three
            return Functional.Linear(query, InProjWeight, InProjBias).Chunk(3, -1) is [var q, var k, var v]
                ? (Split(q), Split(k), Split(v))
                : throw new InvalidOperationException("three chunks were asked for");
        var weights = InProjWeight.Chunk(3);
        var biases = InProjBias?.Chunk(3);
        return (
            Split(Functional.Linear(query, weights[0], biases?[0])),
            Split(Functional.Linear(key, weights[1], biases?[1])),
            Split(Functional.Linear(value, weights[2], biases?[2])));
    }

    Tensor Split(Tensor projected) => projected.Reshape(projected.Size(0), projected.Size(1), Heads, Width / Heads).Transpose(1, 2);

    static void Check(Tensor? mask, long[] shape, string name)
    {
        if (mask is not null && !mask.Shape.AsSpan().SequenceEqual(shape))
            throw new TorchException($"the {name} is {mask.Describe()}, and it must be [{string.Join(", ", shape)}]");
        if (mask is not null && name != "mask" && mask.DType != DType.Bool)
            throw new TorchException($"the {name} is {mask.Describe()}, and it must be of bool: true for keys to ignore");
    }
}
