using System.Text.Json;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests.Nn;

public sealed class InitGoldenTests
{
    static readonly JsonElement Cases = Golden.Read("inits.json");

    static readonly Dictionary<string, Func<Module>> Modules = new()
    {
        ["linear"] = () => new Linear(7, 5),
        ["linear_no_bias"] = () => new Linear(7, 5, bias: false),
        ["conv1d"] = () => new Conv1d(4, 6, 3, groups: 2),
        ["conv2d"] = () => new Conv2d(3, 4, 3),
        ["embedding"] = () => new Embedding(9, 4),
        ["batch_norm1d"] = () => new BatchNorm1d(4),
        ["layer_norm"] = () => new LayerNorm(4),
        ["conv_transpose2d"] = () => new ConvTranspose2d(4, 6, 3, groups: 2),
        ["group_norm"] = () => new GroupNorm(2, 4),
        ["lstm"] = () => new LSTM(3, 4, layers: 2, bidirectional: true),
        ["gru"] = () => new GRU(3, 4, bias: false),
        ["attention"] = () => new MultiheadAttention(6, 2),
        ["transformer_layer"] = () => new TransformerEncoderLayer(6, 2, 5, dropout: 0),
        ["sequential"] = () => new Sequential(new Linear(8, 6), new ReLU(), new Linear(6, 3)),
    };

    static readonly Dictionary<string, Func<Tensor, Tensor>> Fills = new()
    {
        ["he_normal"] = t => Init.HeNormal(t),
        ["he_normal_conv_fan_out"] = t => Init.HeNormal(t, fanOut: true),
        ["he_uniform"] = t => Init.HeUniform(t),
        ["he_uniform_leaky"] = t => Init.HeUniform(t, slope: 0.2),
        ["glorot_normal"] = t => Init.GlorotNormal(t),
        ["glorot_uniform"] = t => Init.GlorotUniform(t),
        ["glorot_uniform_tanh_conv"] = t => Init.GlorotUniform(t, gain: 5.0 / 3),
        ["normal"] = t => Init.Normal(t, 0.5, 2),
        ["normal_small"] = t => Init.Normal(t),
        ["uniform"] = t => Init.Uniform(t, -0.3, 0.7),
        ["constant"] = t => Init.Constant(t, 0.25),
        ["zeros"] = Init.Zeros,
    };

    public static TheoryData<string> Names => [.. Cases.Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Draws_what_PyTorch_draws(string name)
    {
        using var scope = Scope.New();
        var golden = Cases.GetProperty(name);
        var expected = golden.GetProperty("state");
        Rng.Seed(golden.GetProperty("seed").GetInt64());
        var state = Modules.TryGetValue(name, out var make)
            ? make().StateDict()
            : new Dictionary<string, Tensor> { ["weight"] = Fills[name](Tensor.Empty(Shape(expected.GetProperty("weight")))) };

        state.Keys.ShouldBe(expected.Names());
        foreach (var (key, tensor) in state)
            if (name.Contains("normal", StringComparison.Ordinal) || name == "embedding")
                // Log and cosine of the normal numbers are approximated differently on processors with and without AVX2.
                tensor.ShouldMatch(expected.GetProperty(key), key);
            else if (tensor.DType == DType.Float32)
                tensor.ToArray<float>().ShouldBe(expected.GetProperty(key).GetProperty("data").EnumerateArray().Select(e => (float)e.GetDouble()), key);
    }

    static long[] Shape(JsonElement packed) => [.. packed.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
}
