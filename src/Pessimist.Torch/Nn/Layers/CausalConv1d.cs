using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Cross-correlation over time that never looks ahead: [N, C, T] to [N, out, T], where step t depends on steps up to t alone
/// (van den Oord and others 2016). State as <see cref="Conv1d"/>'s; zeros stand before the first step.</summary>
/// <param name="dilation">Steps between the taps: the layer sees (kernelSize - 1) * dilation steps back.</param>
public sealed class CausalConv1d(
    int inChannels, int outChannels, int kernelSize, int dilation = 1, int groups = 1, bool bias = true,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    : Convolution(inChannels, outChannels, [Require.Positive(kernelSize)], [1], [0], [Require.Positive(dilation)], groups, bias, file, line)
{
    /// <summary>Steps before the present one that an output depends on.</summary>
    public long Reach => (KernelSize[0] - 1) * Dilation[0];

    protected override Tensor Compute(Tensor input) =>
        Functional.Conv1d(Reach == 0 ? input : input.Pad([Reach, 0]), Weight, Bias, 1, 0, Dilation[0], Groups);
}
