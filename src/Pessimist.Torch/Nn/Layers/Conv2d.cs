using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Cross-correlation over two axes: [N, C, H, W] to [N, out, H', W'].</summary>
public sealed class Conv2d(
    int inChannels, int outChannels, Size kernelSize, Size? stride = null, Size? padding = null, Size? dilation = null, int groups = 1, bool bias = true,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : Convolution(inChannels, outChannels, kernelSize.ToArray(), (stride ?? 1).ToArray(), (padding ?? 0).ToArray(), (dilation ?? 1).ToArray(), groups, bias, file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.Conv2d(input, Weight, Bias, Stride, Padding, Dilation, Groups);
}
