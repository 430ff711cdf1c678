using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>The largest value of each window: [N, C, H, W] to [N, C, H', W'].</summary>
/// <param name="stride">The window's size when null.</param>
public sealed class MaxPool2d(
    Size kernelSize, Size? stride = null, Size? padding = null, Size? dilation = null, bool ceilMode = false,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    readonly Size _stride = stride ?? kernelSize;
    readonly Size _padding = padding ?? 0;
    readonly Size _dilation = dilation ?? 1;

    static readonly Operator _pool = new("pessimist::max_pool2d");

    protected override Tensor Compute(Tensor input) =>
        _pool.Call(input, kernelSize.ToArray(), _stride.ToArray(), _padding.ToArray(), _dilation.ToArray(), ceilMode);

    protected override string Options => $"kernel_size={kernelSize}, stride={_stride}, padding={_padding}, dilation={_dilation}, ceil_mode={Python(ceilMode)}";
}

/// <summary>The mean of each window: [N, C, H, W] to [N, C, H', W'].</summary>
/// <param name="stride">The window's size when null.</param>
/// <param name="countIncludePad">Whether padding zeros count in the mean.</param>
public sealed class AvgPool2d(
    Size kernelSize, Size? stride = null, Size? padding = null, bool ceilMode = false, bool countIncludePad = true,
    [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    readonly Size _stride = stride ?? kernelSize;
    readonly Size _padding = padding ?? 0;

    static readonly Operator _pool = new("aten::avg_pool2d");

    protected override Tensor Compute(Tensor input) =>
        _pool.Call(input, kernelSize.ToArray(), _stride.ToArray(), _padding.ToArray(), ceilMode, countIncludePad);

    protected override string Options => $"kernel_size={kernelSize}, stride={_stride}, padding={_padding}";
}

/// <summary>The mean over a grid of <paramref name="outputSize"/> cells, whatever the input's size; 1 is global average pooling.</summary>
public sealed class AdaptiveAvgPool2d(Size outputSize, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => Functional.AdaptiveAvgPool2d(input, outputSize.Height, outputSize.Width);

    protected override string Options => $"output_size={outputSize}";
}
