using System.Text.Json;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests.Nn;

public sealed class LayerGoldenTests
{
    static readonly JsonElement Cases = Golden.Read("layers.json");

    static readonly Dictionary<string, Func<Module>> Layers = new()
    {
        ["linear"] = () => new Linear(5, 3),
        ["linear_no_bias"] = () => new Linear(5, 3, bias: false),
        ["linear_float32"] = () => new Linear(5, 3),
        ["conv1d"] = () => new Conv1d(2, 3, 3),
        ["conv1d_options"] = () => new Conv1d(4, 6, 3, stride: 2, padding: 2, dilation: 2, groups: 2),
        ["conv2d"] = () => new Conv2d(2, 3, 3),
        ["conv2d_options"] = () => new Conv2d(4, 4, (3, 2), stride: (2, 1), padding: (1, 0), dilation: (1, 2), groups: 2, bias: false),
        ["conv2d_depthwise"] = () => new Conv2d(3, 6, 3, padding: 1, groups: 3),
        ["max_pool1d"] = () => new MaxPool1d(2),
        ["max_pool2d"] = () => new MaxPool2d(2),
        ["max_pool2d_options"] = () => new MaxPool2d(3, stride: 2, padding: 1, dilation: 1, ceilMode: true),
        ["avg_pool1d"] = () => new AvgPool1d(3, stride: 2, padding: 1),
        ["avg_pool2d"] = () => new AvgPool2d(2),
        ["avg_pool2d_options"] = () => new AvgPool2d(3, stride: 2, padding: 1, ceilMode: true, countIncludePad: false),
        ["adaptive_avg_pool2d"] = () => new AdaptiveAvgPool2d((3, 2)),
        ["adaptive_avg_pool2d_one"] = () => new AdaptiveAvgPool2d(1),
        ["batch_norm1d"] = () => new BatchNorm1d(4),
        ["batch_norm1d_sequence"] = () => new BatchNorm1d(3, epsilon: 1e-3, momentum: 0.3),
        ["batch_norm1d_eval"] = () => new BatchNorm1d(4),
        ["batch_norm1d_cumulative"] = () => new BatchNorm1d(4, momentum: null),
        ["batch_norm1d_no_affine"] = () => new BatchNorm1d(4, affine: false),
        ["batch_norm1d_no_tracking"] = () => new BatchNorm1d(4, trackRunningStats: false),
        ["batch_norm2d"] = () => new BatchNorm2d(3),
        ["batch_norm2d_eval"] = () => new BatchNorm2d(3),
        ["layer_norm"] = () => new LayerNorm(5),
        ["layer_norm_shape"] = () => new LayerNorm([3, 4], epsilon: 1e-3),
        ["layer_norm_no_affine"] = () => new LayerNorm(5, affine: false),
        ["dropout_eval"] = () => new Dropout(0.3),
        ["embedding"] = () => new Embedding(7, 3),
        ["embedding_padding"] = () => new Embedding(7, 3, paddingIndex: 2),
        ["conv_transpose2d"] = () => new ConvTranspose2d(2, 3, 3),
        ["conv_transpose2d_options"] = () => new ConvTranspose2d(4, 6, (3, 2), stride: 2, padding: 1, outputPadding: 1, groups: 2, bias: false, dilation: (1, 2)),
        ["causal_conv1d"] = () => new CausalConv1d(2, 3, 3),
        ["causal_conv1d_dilated"] = () => new CausalConv1d(4, 4, 2, dilation: 4, groups: 2, bias: false),
        ["group_norm"] = () => new GroupNorm(2, 4),
        ["group_norm_no_affine"] = () => new GroupNorm(4, 4, epsilon: 1e-3, affine: false),
        ["instance_norm1d"] = () => new InstanceNorm1d(3),
        ["instance_norm2d"] = () => new InstanceNorm2d(3, affine: true),
        ["instance_norm2d_tracking"] = () => new InstanceNorm2d(3, epsilon: 1e-3, momentum: 0.3, trackRunningStats: true),
        ["instance_norm2d_tracking_eval"] = () => new InstanceNorm2d(3, affine: true, trackRunningStats: true),
        ["residual"] = () => new Residual(new Sequential(new Linear(4, 6), new ReLU(), new Linear(6, 4))),
        ["residual_shortcut"] = () => new Residual(new Linear(4, 2), new Linear(4, 2, bias: false)),
        ["lstm"] = () => new LSTM(3, 4),
        ["lstm_options"] = () => new LSTM(3, 4, layers: 2, bias: false, bidirectional: true),
        ["lstm_dropout_eval"] = () => new LSTM(3, 4, layers: 2, dropout: 0.5),
        ["lstm_float32"] = () => new LSTM(3, 4, layers: 2),
        ["gru"] = () => new GRU(3, 4),
        ["gru_options"] = () => new GRU(3, 4, layers: 3, bidirectional: true),
        ["attention"] = () => new MultiheadAttention(6, 2),
        ["attention_no_bias"] = () => new MultiheadAttention(6, 3, bias: false),
        ["transformer_layer"] = () => new TransformerEncoderLayer(6, 2, 5, dropout: 0),
        ["transformer_layer_options"] = () => new TransformerEncoderLayer(6, 2, 5, dropout: 0, gelu: true, normFirst: true, epsilon: 1e-3),
        ["transformer"] = () => new TransformerEncoder(2, 6, 2, 5, dropout: 0),
        ["transformer_norm"] = () => new TransformerEncoder(2, 6, 2, 5, dropout: 0, normFirst: true),
        ["sinusoidal_positions"] = () => new SinusoidalPositions(6),
        ["relu"] = () => new ReLU(),
        ["leaky_relu"] = () => new LeakyReLU(0.2),
        ["gelu"] = () => new GELU(),
        ["gelu_tanh"] = () => new GELU(tanh: true),
        ["tanh"] = () => new Tanh(),
        ["sigmoid"] = () => new Sigmoid(),
        ["softmax"] = () => new Softmax(1),
        ["log_softmax"] = () => new LogSoftmax(-1),
        ["elu"] = () => new ELU(0.7),
        ["silu"] = () => new SiLU(),
        ["softplus"] = () => new Softplus(beta: 2, threshold: 1.5),
        ["flatten"] = () => new Flatten(),
        ["flatten_range"] = () => new Flatten(0, 1),
        ["identity"] = () => new Identity(),
        ["sequential"] = () => new Sequential(
            new Linear(4, 6), new ReLU(), new Sequential(new Linear(6, 6), new BatchNorm1d(6)), new Tanh(), new Linear(6, 2)),
        ["lenet"] = () => new Sequential(
            new Conv2d(1, 2, 5, padding: 2), new ReLU(), new MaxPool2d(2), new Conv2d(2, 3, 3), new ReLU(), new MaxPool2d(2),
            new Flatten(), new Linear(3, 4), new ReLU(), new Linear(4, 3)),
    };

    public static TheoryData<string> Names => [.. Cases.Names()];

    [Fact]
    public void Every_golden_has_a_layer() => Cases.Names().ShouldBe(Layers.Keys, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Computes_what_PyTorch_computes(string name)
    {
        using var scope = Scope.New();
        var golden = Cases.GetProperty(name);
        using var layer = Layers[name]();
        var state = golden.GetProperty("state").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Tensor());
        layer.To(name.EndsWith("float32", StringComparison.Ordinal) ? DType.Float32 : DType.Float64);
        layer.LoadStateDict(state);
        layer.StateDict().Keys.ShouldBe(golden.GetProperty("state").Names());
        layer.Training = golden.GetProperty("train").GetBoolean();
        var input = golden.GetProperty("inputs")[0].Tensor();
        if (input.DType.IsFloatingPoint())
            input.RequiresGrad = true;

        Tensor output = null!;
        for (var call = golden.GetProperty("calls").GetInt32(); call > 0; call--)
            output = layer.Forward(input);
        (output * golden.GetProperty("cotangent").Tensor()).Sum().Backward();

        output.ShouldMatch(golden.GetProperty("output"), "output");
        foreach (var gradient in golden.GetProperty("input_grads").EnumerateArray())
            input.Grad.ShouldMatch(gradient, "gradient of the input");
        foreach (var (parameterName, parameter) in layer.NamedParameters())
            parameter.Grad.ShouldMatch(golden.GetProperty("grads").GetProperty(parameterName), $"gradient of {parameterName}");
        foreach (var (key, tensor) in layer.StateDict())
            tensor.ShouldMatch(golden.GetProperty("after").GetProperty(key), $"{key} afterwards");
        // PyTorch wraps lists in a module of their own; here a list is a list.
        if (golden.GetProperty("repr").GetString() is { } printed && !printed.Contains("ModuleList", StringComparison.Ordinal))
            layer.ToString().ShouldBe(printed);
    }
}
