using System.Text.Json;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests.Nn;

/// <summary>Modules of several inputs and outputs, against PyTorch: states, lengths, masks.</summary>
public sealed class SequenceGoldenTests
{
    static readonly JsonElement Cases = Golden.Read("sequences.json");

    static readonly Dictionary<string, (Func<Module> Make, Func<Module, Func<string, Tensor>, Tensor[]> Run)> Layers = new()
    {
        ["lstm_states"] = (TwoLstms, (m, x) => Three(((LSTM)m).Forward(x("x"), (x("h"), x("c"))))),
        ["lstm_lengths"] = (TwoLstms, (m, x) => Three(((LSTM)m).Forward(x("x"), null, x("lengths")))),
        ["lstm_states_lengths"] = (TwoLstms, (m, x) => Three(((LSTM)m).Forward(x("x"), (x("h"), x("c")), x("lengths")))),
        ["gru_states"] = (() => new GRU(3, 4, layers: 2, bidirectional: true), (m, x) => Two(((GRU)m).Forward(x("x"), x("h")))),
        ["gru_states_lengths"] = (() => new GRU(3, 4), (m, x) => Two(((GRU)m).Forward(x("x"), x("h"), x("lengths")))),
        ["attention_cross"] = (Attention, (m, x) => Two(((MultiheadAttention)m).Attend(x("q"), x("k"), x("v")))),
        ["attention_masks"] = (Attention, (m, x) => Two(((MultiheadAttention)m).Attend(x("x"), x("x"), x("x"), x("mask").To(DType.Bool), x("padding").To(DType.Bool)))),
        ["attention_added"] = (Attention, (m, x) => Two(((MultiheadAttention)m).Attend(x("x"), x("x"), x("x"), x("mask")))),
        ["transformer_masks"] = (() => new TransformerEncoder(2, 6, 2, 5, dropout: 0), (m, x) => [((TransformerEncoder)m).Forward(x("x"), x("mask").To(DType.Bool), x("padding").To(DType.Bool))]),
    };

    public static TheoryData<string> Names => [.. Cases.Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Computes_what_PyTorch_computes(string name)
    {
        using var scope = Scope.New();
        var golden = Cases.GetProperty(name);
        var (make, run) = Layers[name];
        using var layer = make();
        layer.To(DType.Float64);
        layer.LoadStateDict(golden.GetProperty("state").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Tensor()));
        var inputs = golden.GetProperty("inputs").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Tensor());
        foreach (var (_, input) in inputs)
            if (input.DType.IsFloatingPoint())
                input.RequiresGrad = true;

        var outputs = run(layer, x => inputs[x]);
        var cotangents = golden.GetProperty("cotangents").EnumerateArray().Select(c => c.Tensor());
        outputs.Zip(cotangents, (o, c) => (o * c).Sum()).Aggregate((a, b) => a + b).Backward();

        foreach (var (i, output) in outputs.Index())
            output.ShouldMatch(golden.GetProperty("outputs")[i], $"output {i}");
        foreach (var gradient in golden.GetProperty("input_grads").EnumerateObject())
            inputs[gradient.Name].Grad.ShouldMatch(gradient.Value, $"gradient of {gradient.Name}");
        foreach (var (parameterName, parameter) in layer.NamedParameters())
            parameter.Grad.ShouldMatch(golden.GetProperty("grads").GetProperty(parameterName), $"gradient of {parameterName}");
    }

    static LSTM TwoLstms() => new(3, 4, layers: 2, bidirectional: true);

    static MultiheadAttention Attention() => new(6, 2);

    static Tensor[] Two((Tensor First, Tensor Second) results) => [results.First, results.Second];

    static Tensor[] Three((Tensor First, Tensor Second, Tensor Third) results) => [results.First, results.Second, results.Third];
}
