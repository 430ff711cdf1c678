using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>LeNet-5 (LeCun and others 1998) with ReLU and max pooling: the simple start for images. 61,706 parameters for 28x28 grey
/// images and ten classes.</summary>
/// <remarks>The first convolution pads, so a map keeps its size. Where the map after the first pooling is below 10 (images below 20),
/// the second convolution takes 3x3 windows and pads too, instead of 5x5 without: 8x8 images still give 2x2 maps of features.</remarks>
public sealed class LeNet : Module
{
    public LeNet(
        int outputs, int channels = 1, int height = 28, int width = 28, InitScheme? init = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        if (Math.Min(height, width) < 4)
            throw new TorchException($"LeNet needs images of at least 4x4 pixels, not {height}x{width}; use Mlp");
        var small = Math.Min(height, width) / 2 < 10;
        var (kernel, padding, lost) = small ? (3, 1, 0) : (5, 0, 4);
        Conv1 = new(channels, 6, 5, padding: 2);
        Conv2 = new(6, 16, kernel, padding: padding);
        Fc1 = new(16 * ((height / 2 - lost) / 2) * ((width / 2 - lost) / 2), 120);
        Fc2 = new(120, 84);
        Fc3 = new(84, outputs);
        (init ?? InitScheme.He).Apply(this);
    }

    public Conv2d Conv1 { get; }
    public ReLU Relu1 { get; } = new();
    public MaxPool2d Pool1 { get; } = new(2);
    public Conv2d Conv2 { get; }
    public ReLU Relu2 { get; } = new();
    public MaxPool2d Pool2 { get; } = new(2);
    public Flatten Flatten { get; } = new();
    public Linear Fc1 { get; }
    public ReLU Relu3 { get; } = new();
    public Linear Fc2 { get; }
    public ReLU Relu4 { get; } = new();
    public Linear Fc3 { get; }

    protected override Tensor Compute(Tensor input) // shapes for 28x28 and ten classes
    {
        var x = Pool1.Forward(Relu1.Forward(Conv1.Forward(input))); // [N, C, 28, 28] -> [N, 6, 14, 14]
        x = Pool2.Forward(Relu2.Forward(Conv2.Forward(x))); // [N, 16, 5, 5]
        x = Relu3.Forward(Fc1.Forward(Flatten.Forward(x))); // [N, 120]
        x = Relu4.Forward(Fc2.Forward(x)); // [N, 84]
        return Fc3.Forward(x); // [N, 10]
    }
}
