using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>Activations that implementations mix up, value by value.</summary>
static class ActivationFunctions
{
    public static IReadOnlyList<(string Name, Func<Tensor, Tensor> Apply)> All { get; } =
    [
        ("ReLU", Functional.Relu),
        ("sigmoid", Functional.Sigmoid),
        ("tanh", Functional.Tanh),
        ("GELU (exact, by erf)", x => Functional.Gelu(x)),
        ("GELU (tanh approximation)", x => Functional.Gelu(x, "tanh")),
        ("GELU (x sigmoid(1.702 x))", x => x * Functional.Sigmoid(x * 1.702)),
        ("SiLU", Functional.Silu),
        ("ELU", x => Functional.Elu(x)),
        ("SELU", Functional.Selu),
        ("leaky ReLU (slope 0.01)", x => Functional.LeakyRelu(x)),
        ("leaky ReLU (slope 0.1)", x => Functional.LeakyRelu(x, 0.1)),
        ("leaky ReLU (slope 0.2)", x => Functional.LeakyRelu(x, 0.2)),
        ("leaky ReLU (slope 0.3)", x => Functional.LeakyRelu(x, 0.3)),
        ("ReLU6", x => x.Clamp(0, 6)),
        ("hard tanh", x => Functional.Hardtanh(x)),
        ("hard sigmoid", x => (x + 3).Clamp(0, 6) / 6),
        ("hard swish", x => x * (x + 3).Clamp(0, 6) / 6),
        ("softplus", x => Functional.Softplus(x)),
        ("log sigmoid", Functional.LogSigmoid),
    ];

    /// <summary>Those that make these outputs of this input: more than one where the values do not tell them apart, as ReLU and ReLU6 below 6.</summary>
    public static string[] Of(Difference difference, Tensor input, Tensor output) =>
        !input.DType.IsFloatingPoint() || !input.Shape.AsSpan().SequenceEqual(output.Shape) ? []
        : [.. All.Append(("no activation", x => x)).Where(f => difference.Gives(f.Item2(input), output)).Select(f => f.Item1)];
}
