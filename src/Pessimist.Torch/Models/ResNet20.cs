using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>The residual network for small pictures (He and others 2016, section 4.2): three stages of blocks with 16, 32 and 64 channels,
/// shortcuts without parameters. 269,722 parameters for 32x32 colour pictures and ten classes.</summary>
public sealed class ResNet20 : Module
{
    /// <param name="blocks">Blocks of each stage: 3 for ResNet-20, 5 for ResNet-32, 9 for ResNet-56.</param>
    public ResNet20(
        int outputs, int channels = 3, int blocks = 3, InitScheme? init = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Require.Positive(blocks);
        Conv1 = new(channels, 16, 3, padding: 1, bias: false);
        Bn1 = new(16);
        Layer1 = Stage(16, 16, blocks);
        Layer2 = Stage(16, 32, blocks);
        Layer3 = Stage(32, 64, blocks);
        Fc = new(64, outputs);
        (init ?? InitScheme.He).Apply(this);
    }

    public Conv2d Conv1 { get; }
    public BatchNorm2d Bn1 { get; }
    public ReLU Relu { get; } = new();
    public Sequential Layer1 { get; }
    public Sequential Layer2 { get; }
    public Sequential Layer3 { get; }
    public AdaptiveAvgPool2d Avgpool { get; } = new(1);
    public Flatten Flatten { get; } = new();
    public Linear Fc { get; }

    static Sequential Stage(int channels, int outChannels, int blocks) => new([.. Enumerable.Range(0, blocks).Select(i =>
        i > 0 || channels == outChannels
            ? new BasicBlock(outChannels, outChannels)
            : new BasicBlock(channels, outChannels, 2, new PaddedShortcut(channels, outChannels)))]);

    protected override Tensor Compute(Tensor input) // shapes for 32x32 colour pictures
    {
        var x = Bn1.Rectified(Conv1.Forward(input), Relu, IsUnseen); // [N, 3, 32, 32] -> [N, 16, 32, 32]
        x = Layer3.Forward(Layer2.Forward(Layer1.Forward(x))); // [N, 64, 8, 8]
        return Fc.Forward(Flatten.Forward(Avgpool.Forward(x))); // [N, outputs]
    }
}
