using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests.Nn;

/// <summary>Gradients against central differences, in float64: PyTorch is not asked.</summary>
public sealed class NumericGradientTests
{
    static readonly Dictionary<string, (Func<Module> Make, long[] Input)> Layers = new()
    {
        ["LSTM"] = (() => new LSTM(3, 2, layers: 2, bidirectional: true), [2, 4, 3]),
        ["GRU"] = (() => new GRU(3, 2, layers: 2, bidirectional: true), [2, 4, 3]),
        ["CausalConv1d"] = (() => new CausalConv1d(2, 3, 2, dilation: 2), [2, 2, 6]),
        ["ConvTranspose2d"] = (() => new ConvTranspose2d(2, 3, 3, stride: 2, padding: 1, outputPadding: 1), [1, 2, 3, 3]),
        ["GroupNorm"] = (() => new GroupNorm(2, 4), [2, 4, 3]),
        ["InstanceNorm"] = (() => new InstanceNorm1d(2, affine: true), [2, 2, 5]),
        ["Residual"] = (() => new Residual(new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 3))), [2, 3]),
        ["attention"] = (() => new MultiheadAttention(4, 2), [2, 3, 4]),
        ["Transformer"] = (() => new TransformerEncoder(2, 4, 2, 3, dropout: 0, gelu: true, normFirst: true), [2, 3, 4]),
        ["learned positions"] = (() => new LearnedPositions(5, 4), [2, 3, 4]),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_slopes(string name)
    {
        using var scope = Scope.New();
        Rng.Seed(3);
        var (make, shape) = Layers[name];
        using var layer = make();
        layer.To(DType.Float64);
        var input = Tensor.Randn(shape, DType.Float64).RequireGrad();
        var cotangent = layer.Forward(input).RandnLike();
        Result().Backward();
        foreach (var (what, tensor) in layer.NamedParameters().Prepend(("input", input)))
        {
            var gradient = tensor.Grad!.ToArray<double>();
            var values = tensor.AsSpan<double>();
            for (var i = 0; i < values.Length; i += Math.Max(1, values.Length / 7))
                gradient[i].ShouldBe(Slope(tensor, i), 1e-6, $"{what}[{i}]");
        }

        Tensor Result() => (layer.Forward(input) * cotangent).Sum();

        double Slope(Tensor tensor, int index)
        {
            const double Step = 1e-5;
            using var noGrad = Autograd.NoGrad();
            var old = tensor.AsSpan<double>()[index];
            tensor.AsSpan<double>()[index] = old + Step;
            var above = Result().Item<double>();
            tensor.AsSpan<double>()[index] = old - Step;
            var below = Result().Item<double>();
            tensor.AsSpan<double>()[index] = old;
            return (above - below) / (2 * Step);
        }
    }
}
