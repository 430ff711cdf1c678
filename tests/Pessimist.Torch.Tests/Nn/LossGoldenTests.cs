using System.Text.Json;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests.Nn;

public sealed class LossGoldenTests
{
    static readonly JsonElement Cases = Golden.Read("losses.json");

    public static TheoryData<string> Names => [.. Cases.Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Computes_what_PyTorch_computes(string name)
    {
        using var scope = Scope.New();
        var golden = Cases.GetProperty(name);
        var x = golden.GetProperty("input").Tensor();
        x.RequiresGrad = true;

        var output = Compute(golden.GetProperty("loss").GetString()!, x, golden.GetProperty("target").Tensor(), new(golden.GetProperty("options")));
        (output * golden.GetProperty("cotangent").Tensor()).Sum().Backward();

        output.ShouldMatch(golden.GetProperty("output"), "loss");
        x.Grad.ShouldMatch(golden.GetProperty("input_grad"), "gradient");
    }

    static Tensor Compute(string loss, Tensor x, Tensor y, Options o) => loss switch
    {
        "cross_entropy" => Loss.CrossEntropy(x, y, o.Tensor("weight"), o.Number("label_smoothing", 0), (long)o.Number("ignore_index", -100), o.Reduction),
        "nll_loss" => Loss.Nll(x, y, o.Tensor("weight"), reduction: o.Reduction),
        "binary_cross_entropy" => Loss.Bce(x, y, o.Tensor("weight"), o.Reduction),
        "binary_cross_entropy_with_logits" => Loss.BceWithLogits(x, y, o.Tensor("weight"), o.Tensor("pos_weight"), o.Reduction),
        "mse_loss" => Loss.Mse(x, y, o.Reduction),
        "l1_loss" => Loss.L1(x, y, o.Reduction),
        "huber_loss" => Loss.Huber(x, y, o.Number("delta", 1), o.Reduction),
        "smooth_l1_loss" => Loss.SmoothL1(x, y, o.Number("beta", 1), o.Reduction),
        "kl_div" => Loss.KlDivergence(x, y, o.Has("log_target"), o.IsBatchMean ? null : o.Reduction),
        _ => throw new ArgumentException(loss),
    };

    readonly struct Options(JsonElement json)
    {
        public bool Has(string name) => json.TryGetProperty(name, out _);
        public Tensor? Tensor(string name) => json.TryGetProperty(name, out var v) ? v.Tensor() : null;
        public double Number(string name, double otherwise) => json.TryGetProperty(name, out var v) ? v.GetDouble() : otherwise;
        public bool IsBatchMean => json.TryGetProperty("reduction", out var v) && v.GetString() == "batchmean";
        public Reduction Reduction => json.TryGetProperty("reduction", out var v) ? Enum.Parse<Reduction>(v.GetString()!, ignoreCase: true) : Reduction.Mean;
    }
}
