using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>Residual networks for pictures of about 224x224 (He and others 2016). Names are torchvision's, so its weights, saved as
/// safetensors, load as they are: <c>net.LoadStateDict(Safetensors.Read("resnet18.safetensors"))</c>.</summary>
public sealed class ResNet : Module
{
    ResNet(int[] blocks, bool bottleneck, int outputs, int channels, InitScheme? init, string file, int line)
        : base(file, line)
    {
        var expansion = bottleneck ? Bottleneck.Expansion : 1;
        Conv1 = new(channels, 64, 7, stride: 2, padding: 3, bias: false);
        Bn1 = new(64);
        Layer1 = Stage(64, 64, blocks[0], 1, bottleneck);
        Layer2 = Stage(64 * expansion, 128, blocks[1], 2, bottleneck);
        Layer3 = Stage(128 * expansion, 256, blocks[2], 2, bottleneck);
        Layer4 = Stage(256 * expansion, 512, blocks[3], 2, bottleneck);
        Fc = new(512 * expansion, outputs);
        (init ?? InitScheme.He).Apply(this);
    }

    public Conv2d Conv1 { get; }
    public BatchNorm2d Bn1 { get; }
    public ReLU Relu { get; } = new();
    public MaxPool2d Maxpool { get; } = new(3, stride: 2, padding: 1);
    public Sequential Layer1 { get; }
    public Sequential Layer2 { get; }
    public Sequential Layer3 { get; }
    public Sequential Layer4 { get; }
    public AdaptiveAvgPool2d Avgpool { get; } = new(1);
    public Flatten Flatten { get; } = new();
    public Linear Fc { get; }

    /// <summary>11.7 million parameters for 1000 classes.</summary>
    public static ResNet Of18(int outputs = 1000, int channels = 3, InitScheme? init = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new([2, 2, 2, 2], false, outputs, channels, init, file, line);

    /// <summary>21.8 million parameters for 1000 classes.</summary>
    public static ResNet Of34(int outputs = 1000, int channels = 3, InitScheme? init = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new([3, 4, 6, 3], false, outputs, channels, init, file, line);

    /// <summary>25.6 million parameters for 1000 classes.</summary>
    public static ResNet Of50(int outputs = 1000, int channels = 3, InitScheme? init = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new([3, 4, 6, 3], true, outputs, channels, init, file, line);

    static Sequential Stage(int channels, int width, int blocks, int stride, bool bottleneck)
    {
        var outChannels = bottleneck ? width * Bottleneck.Expansion : width;
        Sequential? shortcut = stride == 1 && channels == outChannels ? null
            : new(new Conv2d(channels, outChannels, 1, stride, bias: false), new BatchNorm2d(outChannels));
        return new([.. Enumerable.Range(0, blocks).Select(Block)]);

        Module Block(int i) => bottleneck
            ? new Bottleneck(i == 0 ? channels : outChannels, width, i == 0 ? stride : 1, i == 0 ? shortcut : null)
            : new BasicBlock(i == 0 ? channels : outChannels, width, i == 0 ? stride : 1, i == 0 ? shortcut : null);
    }

    protected override Tensor Compute(Tensor input) // shapes for 224x224 and ResNet-18
    {
        var x = Maxpool.Forward(Bn1.Rectified(Conv1.Forward(input), Relu, IsUnseen)); // [N, 3, 224, 224] -> [N, 64, 56, 56]
        x = Layer2.Forward(Layer1.Forward(x)); // [N, 128, 28, 28]
        x = Layer4.Forward(Layer3.Forward(x)); // [N, 512, 7, 7]
        return Fc.Forward(Flatten.Forward(Avgpool.Forward(x))); // [N, outputs]
    }
}
