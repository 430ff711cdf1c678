using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>A fully connected network with ReLU, one hidden layer by default: the simple start where inputs are neither images nor sequences.</summary>
/// <remarks>Inputs of more axes than [N, features] are flattened.</remarks>
public sealed class Mlp : Module
{
    /// <param name="width">Units of each hidden layer.</param>
    /// <param name="depth">Hidden layers.</param>
    /// <param name="dropout">Probability after each hidden layer; no such layer at 0.</param>
    public Mlp(
        int inputs, int width, int outputs, int depth = 1, double dropout = 0, InitScheme? init = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        List<Module> layers = [new Flatten()];
        for (var i = 0; i < Require.Positive(depth); i++)
        {
            layers.Add(new Linear(i == 0 ? inputs : width, width));
            layers.Add(new ReLU());
            if (dropout > 0)
                layers.Add(new Dropout(dropout));
        }
        layers.Add(new Linear(width, outputs));
        Layers = new([.. layers]);
        (init ?? InitScheme.He).Apply(this);
    }

    public Sequential Layers { get; }

    protected override Tensor Compute(Tensor input) => Layers.Forward(input); // [N, *] -> [N, outputs]
}
