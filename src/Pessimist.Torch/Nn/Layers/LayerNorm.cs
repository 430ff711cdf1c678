using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Layer normalization (Ba, Kiros and Hinton 2016): each example over its last axes, alike in training and prediction.</summary>
public sealed class LayerNorm : Module
{
    readonly long[] _shape;
    readonly double _epsilon;

    public LayerNorm(int features, double epsilon = 1e-5, bool affine = true, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : this([features], epsilon, affine, file, line) { }

    /// <param name="shape">The sizes of the last axes, which are normalized together.</param>
    public LayerNorm(long[] shape, double epsilon = 1e-5, bool affine = true, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        (_shape, _epsilon) = (shape, epsilon);
        if (!affine)
            return;
        Weight = Init.Ones(Init.Parameter(shape));
        Bias = Init.Zeros(Init.Parameter(shape));
    }

    /// <summary>The weight, [*shape].</summary>
    public Tensor? Weight { get; }
    /// <summary>The bias, [*shape].</summary>
    public Tensor? Bias { get; }

    protected override Tensor Compute(Tensor input) => Functional.LayerNorm(input, _shape, Weight, Bias, _epsilon);

    protected override string Options => $"{Python(_shape)}, eps={Python(_epsilon)}, elementwise_affine={Python(Weight is not null)}";
}
