using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>Temporal convolutional network (Bai, Kolter and Koltun 2018): residual blocks of dilated causal convolutions, the last step's
/// features mapped to the outputs. Trains faster than an LSTM, since all steps are computed at once. Without the paper's weight normalization.</summary>
public sealed class Tcn : Module
{
    /// <param name="inputs">Features of each step.</param>
    /// <param name="steps">Steps of the sequences: as many blocks, each of twice the dilation, as it takes for the last step to see the first.</param>
    public Tcn(
        int inputs, int steps, int outputs, int channels = 32, int kernelSize = 3, double dropout = 0, InitScheme? init = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Require.Positive(steps);
        if (kernelSize < 2)
            throw new TorchException($"kernelSize {kernelSize} is not valid: with windows of one step, no step would see another; it must be 2 or more");
        List<Module> blocks = [];
        long sees = 1;
        for (var dilation = 1; blocks.Count == 0 || sees < steps; dilation *= 2)
        {
            blocks.Add(new TemporalBlock(blocks.Count == 0 ? inputs : channels, channels, kernelSize, dilation, dropout));
            sees += 2L * (kernelSize - 1) * dilation;
        }
        Reach = sees;
        Network = new([.. blocks]);
        Fc = new(channels, outputs);
        (init ?? InitScheme.He).Apply(this);
    }

    /// <summary>Steps that the output depends on.</summary>
    public long Reach { get; }

    public Sequential Network { get; }
    public Linear Fc { get; }

    protected override Tensor Compute(Tensor input) =>
        Fc.Forward(Network.Forward(input.Transpose(1, 2)).Select(2, -1)); // [N, T, inputs] -> [N, channels, T] -> [N, outputs]
}

/// <summary>Two causal convolutions, each with ReLU and dropout, around which the input is carried: [N, C, T] to [N, out, T].</summary>
public sealed class TemporalBlock : Module
{
    public TemporalBlock(
        int channels, int outChannels, int kernelSize, int dilation, double dropout = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Conv1 = new(channels, outChannels, kernelSize, dilation);
        Conv2 = new(outChannels, outChannels, kernelSize, dilation);
        Dropout = dropout > 0 ? new(dropout) : null;
        Downsample = channels == outChannels ? null : new(channels, outChannels, 1);
    }

    public CausalConv1d Conv1 { get; }
    public ReLU Relu { get; } = new();
    public CausalConv1d Conv2 { get; }
    public Dropout? Dropout { get; }
    public Conv1d? Downsample { get; }

    protected override Tensor Compute(Tensor input)
    {
        var x = Dropped(Relu.Forward(Conv1.Forward(input)));
        x = Dropped(Relu.Forward(Conv2.Forward(x)));
        return Relu.Forward(x + (Downsample?.Forward(input) ?? input));
    }

    Tensor Dropped(Tensor x) => Dropout?.Forward(x) ?? x;
}
