using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Cross-correlation over one axis: [N, C, L] to [N, out, L'].</summary>
public sealed class Conv1d(
    int inChannels, int outChannels, int kernelSize, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : Convolution(inChannels, outChannels, [kernelSize], [stride], [padding], [dilation], groups, bias, file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Conv1d(input, Weight, Bias, Stride[0], Padding[0], Dilation[0], Groups);
}
