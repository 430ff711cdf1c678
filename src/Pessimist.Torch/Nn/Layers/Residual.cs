using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>body(x) + shortcut(x), and x itself without a shortcut (He and others 2016): gradients reach what is below unweakened.</summary>
/// <remarks>Children are named <c>body</c> and <c>shortcut</c>. Both branches must give the same shape; a shape that would broadcast is refused.</remarks>
public sealed class Residual(Module body, Module? shortcut = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    public Module Body { get; } = body ?? throw new ArgumentNullException(nameof(body));
    public Module? Shortcut { get; } = shortcut;

    protected override Tensor Compute(Tensor input)
    {
        var change = Body.Forward(input);
        var kept = Shortcut?.Forward(input) ?? input;
        if (!change.Shape.AsSpan().SequenceEqual(kept.Shape))
            throw new TorchException(
                $"the body gives {change.Describe()} and the shortcut {kept.Describe()}: both must have one shape; put a 1x1 convolution or a Linear into the shortcut");
        return change + kept;
    }
}
