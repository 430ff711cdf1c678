using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>A network after WaveNet (van den Oord and others 2016): gated dilated causal convolutions, whose skip connections are summed;
/// the last step's sum is mapped to the outputs. For long sequences and raw signals.</summary>
public sealed class WaveNet : Module
{
    /// <param name="inputs">Features of each step.</param>
    /// <param name="steps">Steps of the sequences: as many layers, each of twice the dilation, as it takes for the last step to see the first.</param>
    /// <param name="skip">Channels of the skip connections; twice <paramref name="channels"/> at 0.</param>
    public WaveNet(
        int inputs, int steps, int outputs, int channels = 32, int skip = 0, InitScheme? init = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        var skips = skip == 0 ? 2 * channels : Require.Positive(skip);
        Input = new(inputs, channels, 1);
        List<GatedLayer> layers = [];
        long dilation = 1, sees = 2;
        for (; sees < Require.Positive(steps); dilation *= 2, sees += dilation)
            layers.Add(new(channels, skips, (int)dilation));
        layers.Add(new(channels, skips, (int)dilation, last: true));
        Layers = layers;
        Fc1 = new(skips, skips);
        Fc2 = new(skips, outputs);
        (init ?? InitScheme.Glorot).Apply(this);
    }

    public Conv1d Input { get; }
    public IReadOnlyList<GatedLayer> Layers { get; }
    public ReLU Relu { get; } = new();
    public Linear Fc1 { get; }
    public Linear Fc2 { get; }

    protected override Tensor Compute(Tensor input)
    {
        var x = Input.Forward(input.Transpose(1, 2)); // [N, T, inputs] -> [N, channels, T]
        Tensor? sum = null;
        foreach (var layer in Layers)
        {
            (x, var skip) = layer.Split(x);
            sum = sum is null ? skip : sum + skip; // [N, skip]
        }
        return Fc2.Forward(Relu.Forward(Fc1.Forward(Relu.Forward(sum!)))); // [N, outputs]
    }
}

/// <summary>tanh(f x) sigmoid(g x) of two causal convolutions of two taps: the change of the residual path [N, C, T], and the skip connection's share of the last step [N, skip].</summary>
public sealed class GatedLayer : Module
{
    /// <param name="last">Nothing follows on the residual path, so that no weights are spent on it.</param>
    public GatedLayer(int channels, int skip, int dilation, bool last = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Filter = new(channels, channels, 2, dilation);
        Gate = new(channels, channels, 2, dilation);
        Residual = last ? null : new(channels, channels, 1);
        Skip = new(channels, skip);
    }

    public CausalConv1d Filter { get; }
    public Tanh Tanh { get; } = new();
    public CausalConv1d Gate { get; }
    public Sigmoid Sigmoid { get; } = new();
    public Conv1d? Residual { get; }
    public Linear Skip { get; }

    protected override Tensor Compute(Tensor input) => Split(input).Output;

    /// <summary>The input plus its change [N, C, T] (of the last layer, the gated units), and the skip connection's share [N, skip].</summary>
    public (Tensor Output, Tensor Skip) Split(Tensor input)
    {
        Tensor skip = null!;
        var output = Forward(input, x =>
        {
            var gated = Tanh.Forward(Filter.Forward(x)) * Sigmoid.Forward(Gate.Forward(x));
            skip = Skip.Forward(gated.Select(2, -1));
            return Residual is null ? gated : x + Residual.Forward(gated);
        });
        return (output, skip);
    }
}
