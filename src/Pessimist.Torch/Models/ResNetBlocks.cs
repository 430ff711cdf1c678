using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>Two 3x3 convolutions around which the input is carried (He and others 2016): [N, C, H, W] to [N, out, H / stride, W / stride].
/// Names are torchvision's.</summary>
public sealed class BasicBlock : Module
{
    /// <param name="shortcut">What carries the input on where its shape changes; null for the input itself.</param>
    public BasicBlock(int channels, int outChannels, int stride = 1, Module? shortcut = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Conv1 = new(channels, outChannels, 3, stride, padding: 1, bias: false);
        Bn1 = new(outChannels);
        Conv2 = new(outChannels, outChannels, 3, padding: 1, bias: false);
        Bn2 = new(outChannels);
        Downsample = shortcut;
    }

    public Conv2d Conv1 { get; }
    public BatchNorm2d Bn1 { get; }
    public ReLU Relu { get; } = new();
    public Conv2d Conv2 { get; }
    public BatchNorm2d Bn2 { get; }
    public Module? Downsample { get; }

    protected override Tensor Compute(Tensor input)
    {
        var unseen = IsUnseen;
        var x = Bn1.Rectified(Conv1.Forward(input), Relu, unseen);
        return Bn2.Rectified(Conv2.Forward(x), Relu, unseen, Downsample?.Forward(input) ?? input);
    }
}

/// <summary>1x1, 3x3 and 1x1 convolutions around which the input is carried; the 3x3 one, on a quarter of the channels, strides.</summary>
public sealed class Bottleneck : Module
{
    public const int Expansion = 4;

    /// <inheritdoc cref="BasicBlock(int, int, int, Module?, string, int)"/>
    public Bottleneck(int channels, int width, int stride = 1, Module? shortcut = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Conv1 = new(channels, width, 1, bias: false);
        Bn1 = new(width);
        Conv2 = new(width, width, 3, stride, padding: 1, bias: false);
        Bn2 = new(width);
        Conv3 = new(width, width * Expansion, 1, bias: false);
        Bn3 = new(width * Expansion);
        Downsample = shortcut;
    }

    public Conv2d Conv1 { get; }
    public BatchNorm2d Bn1 { get; }
    public Conv2d Conv2 { get; }
    public BatchNorm2d Bn2 { get; }
    public Conv2d Conv3 { get; }
    public BatchNorm2d Bn3 { get; }
    public ReLU Relu { get; } = new();
    public Module? Downsample { get; }

    protected override Tensor Compute(Tensor input)
    {
        var unseen = IsUnseen;
        var x = Bn1.Rectified(Conv1.Forward(input), Relu, unseen);
        x = Bn2.Rectified(Conv2.Forward(x), Relu, unseen);
        return Bn3.Rectified(Conv3.Forward(x), Relu, unseen, Downsample?.Forward(input) ?? input);
    }
}

/// <summary>Every second place, and zeros for the channels that are new: the shortcut without parameters (He and others 2016, option A).</summary>
public sealed class PaddedShortcut(int channels, int outChannels, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) // [N, C, H, W] -> [N, out, H / 2, W / 2]
    {
        var before = (outChannels - channels) / 2;
        return input.Slice(2, step: 2).Slice(3, step: 2).Pad([0, 0, 0, 0, before, outChannels - channels - before]);
    }
}
