using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>y = x Wᵀ + b, on the last axis.</summary>
public sealed class Linear : Module
{
    public Linear(int inFeatures, int outFeatures, bool bias = true, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        InFeatures = Require.Positive(inFeatures);
        OutFeatures = Require.Positive(outFeatures);
        Weight = Init.Parameter(outFeatures, inFeatures);
        Bias = bias ? Init.Parameter(outFeatures) : null;
        Init.PyTorchDefault(Weight, Bias);
    }

    public int InFeatures { get; }
    public int OutFeatures { get; }
    /// <summary>The weight, [out, in].</summary>
    public Tensor Weight { get; }
    /// <summary>The bias, [out].</summary>
    public Tensor? Bias { get; }

    protected override Tensor Compute(Tensor input) => Functional.Linear(input, Weight, Bias); // [..., in] -> [..., out]

    protected override string Options => $"in_features={InFeatures}, out_features={OutFeatures}, bias={Python(Bias is not null)}";
}
