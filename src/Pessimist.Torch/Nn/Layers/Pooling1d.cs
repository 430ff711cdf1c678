using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>The largest value of each window: [N, C, L] to [N, C, L'].</summary>
/// <param name="stride">The window's size when null.</param>
public sealed class MaxPool1d(
    int kernelSize, int? stride = null, int padding = 0, int dilation = 1, bool ceilMode = false,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    readonly int _stride = stride ?? kernelSize;

    protected override Tensor Compute(Tensor input) => Functional.MaxPool1d(input, kernelSize, _stride, padding, dilation, ceilMode);

    protected override string Options => $"kernel_size={kernelSize}, stride={_stride}, padding={padding}, dilation={dilation}, ceil_mode={Python(ceilMode)}";
}

/// <summary>The mean of each window: [N, C, L] to [N, C, L'].</summary>
/// <param name="stride">The window's size when null.</param>
/// <param name="countIncludePad">Whether padding zeros count in the mean.</param>
public sealed class AvgPool1d(
    int kernelSize, int? stride = null, int padding = 0, bool ceilMode = false, bool countIncludePad = true,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    readonly int _stride = stride ?? kernelSize;

    protected override Tensor Compute(Tensor input) => Functional.AvgPool1d(input, kernelSize, _stride, padding, ceilMode, countIncludePad);

    protected override string Options => $"kernel_size=({kernelSize},), stride=({_stride},), padding=({padding},)";
}
