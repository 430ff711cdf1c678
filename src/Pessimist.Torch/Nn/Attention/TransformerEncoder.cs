using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Layers of <see cref="TransformerEncoderLayer"/>, one after another: [N, T, width] to the same. Parameter names are PyTorch's.</summary>
/// <remarks>Each layer draws weights of its own; PyTorch copies those of the first, so that all layers start equal.</remarks>
public sealed class TransformerEncoder : Module
{
    /// <param name="finalNorm">A layer normalization at the end, which layers with <paramref name="normFirst"/> want; as <paramref name="normFirst"/> when null.</param>
    /// <param name="hidden">Units of the hidden layer of each fully connected net.</param>
    public TransformerEncoder(
        int layers, int width, int heads, int hidden = 2048, double dropout = 0.1, bool gelu = false, bool normFirst = false, bool? finalNorm = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Layers = [.. Enumerable.Range(0, Require.Positive(layers))
            .Select(_ => new TransformerEncoderLayer(width, heads, hidden, dropout, gelu, normFirst, file: file, line: line))];
        Norm = finalNorm ?? normFirst ? new(width, file: file, line: line) : null;
    }

    public IReadOnlyList<TransformerEncoderLayer> Layers { get; }
    public LayerNorm? Norm { get; }

    protected override Tensor Compute(Tensor input) => Encode(input, null, null);

    /// <param name="input">[N, T, width].</param>
    /// <param name="mask">bool [T, T], true where attention must not look, or numbers that are added before softmax; see <see cref="AttentionMask"/>.</param>
    /// <param name="padding">bool [N, T], true for steps to ignore, as those after the end of a sequence.</param>
    public Tensor Forward(Tensor input, Tensor? mask, Tensor? padding = null) => mask is null && padding is null ? Forward(input) : Forward(input, x => Encode(x, mask, padding));

    Tensor Encode(Tensor x, Tensor? mask, Tensor? padding)
    {
        foreach (var layer in Layers)
            x = layer.Forward(x, mask, padding);
        return Norm?.Forward(x) ?? x;
    }
}
