using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Hands its input on, and gradients back times -<see cref="Strength"/>: what is below learns to make the task above harder, as
/// domain-adversarial training wants it (Ganin and Lempitsky 2015).</summary>
public sealed class GradientReversal(double strength = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    static readonly Operator _reverse = new("pessimist::reverse_gradient");

    /// <summary>May change while training: the paper raises it from 0 to 1.</summary>
    public double Strength { get; set; } = Require.NotNegative(strength);

    protected override Tensor Compute(Tensor input) => _reverse.Call(input, Strength);

    protected override string Options => $"strength={Python(Strength)}";
}
