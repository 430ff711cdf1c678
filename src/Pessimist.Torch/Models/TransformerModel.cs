using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>A Transformer encoder (Vaswani and others 2017, normalizing first) over the steps of a sequence; the mean over its steps is mapped
/// to the outputs. For sequences with long-range structure and many examples.</summary>
public sealed class TransformerModel : Module
{
    /// <param name="inputs">Features of each step.</param>
    /// <param name="hidden">Units of the fully connected nets; four times <paramref name="width"/> at 0.</param>
    public TransformerModel(
        int inputs, int outputs, int width = 64, int layers = 2, int heads = 4, int hidden = 0, double dropout = 0, InitScheme? init = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Embed = new(inputs, width);
        Positions = new(width);
        Encoder = new(layers, width, heads, hidden == 0 ? 4 * width : hidden, dropout, normFirst: true);
        Fc = new(width, outputs);
        (init ?? InitScheme.Glorot).Apply(this);
    }

    public Linear Embed { get; }
    public SinusoidalPositions Positions { get; }
    public TransformerEncoder Encoder { get; }
    public Linear Fc { get; }

    protected override Tensor Compute(Tensor input) => Encode(input, null); // [N, T, inputs] -> [N, outputs]

    /// <summary>Of sequences of different lengths.</summary>
    /// <param name="lengths">int64 [N], the true steps of each.</param>
    public Tensor Forward(Tensor input, Tensor? lengths) => Forward(input, x => Encode(x, lengths));

    Tensor Encode(Tensor input, Tensor? lengths)
    {
        var padding = lengths is null ? null : AttentionMask.Padding(lengths, input.Size(1)); // [N, T]
        var x = Encoder.Forward(Positions.Forward(Embed.Forward(input)), null, padding); // [N, T, width]
        var mean = padding is null ? x.Mean(1) : x.MaskedFill(padding.Unsqueeze(2), 0).Sum(1) / lengths!.Unsqueeze(1);
        return Fc.Forward(mean);
    }
}
