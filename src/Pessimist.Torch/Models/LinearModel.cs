using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>One layer: linear regression, or with cross-entropy logistic regression. The baseline a network must beat.</summary>
/// <remarks>Inputs of more axes than [N, features] are flattened.</remarks>
public sealed class LinearModel : Module
{
    public LinearModel(
        int inputs, int outputs, InitScheme? init = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        Fc = new(inputs, outputs);
        (init ?? InitScheme.He).Apply(this);
    }

    public Flatten Flatten { get; } = new();
    public Linear Fc { get; }

    protected override Tensor Compute(Tensor input) => Fc.Forward(Flatten.Forward(input)); // [N, *] -> [N, outputs]
}
