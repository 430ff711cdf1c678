using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>The transpose of <see cref="Conv2d"/>, which makes maps larger (Zeiler and others 2010): [N, C, H, W] to [N, out, H', W'],
/// H' = (H - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1.</summary>
/// <param name="outputPadding">Rows and columns added at one side, to choose among the sizes that a convolution maps to the same one.</param>
public sealed class ConvTranspose2d(
    int inChannels, int outChannels, Size kernelSize, Size? stride = null, Size? padding = null, Size? outputPadding = null, int groups = 1, bool bias = true,
    Size? dilation = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : Convolution(
        inChannels, outChannels, kernelSize.ToArray(), (stride ?? 1).ToArray(), (padding ?? 0).ToArray(), (dilation ?? 1).ToArray(), groups, bias, file, line,
        transposed: true)
{
    static readonly Operator _transposed = new("aten::conv_transpose2d", "input");

    readonly long[] _outputPadding = (outputPadding ?? 0).ToArray();

    protected override Tensor Compute(Tensor input) => _transposed.Call(input, Weight, Bias, Stride, Padding, _outputPadding, Groups, Dilation);

    protected override string MoreOptions => _outputPadding.Any(p => p != 0) ? $", output_padding={Python(_outputPadding)}" : "";
}
