using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Model;

/// <summary>PES201 missing-nonlinearity</summary>
public sealed class MissingNonlinearityTests
{
    const string Name = "missing-nonlinearity";

    static TraceBuilder Net(Func<TraceBuilder, TensorFacts, TensorFacts> forward, params long[] input)
    {
        var build = new TraceBuilder();
        forward(build, build.Input(input.Length > 0 ? input : [32, 784]));
        return build;
    }

    static Finding? FindingOf(TraceBuilder build) => Diagnose(build.Operations).FindingOf(Name);

    [Fact]
    public void Two_layers_with_nothing_between_are_proved_with_names_and_line()
    {
        var finding = FindingOf(Net((b, x) => b.Linear(b.Op("relu", b.Linear(b.Linear(x, "fc1", 256), "fc2", 128)), "fc3", 10))).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Warning);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Message.ShouldBe("no nonlinearity lies between fc1 and fc2: together they are one linear map");
        finding.Location.ShouldBe(new Location("net.py", 101, "forward", "fc2"));
    }

    [Fact]
    public void A_network_that_is_linear_throughout_is_told_as_such() =>
        FindingOf(Net((b, x) => b.Linear(b.Op("dropout", b.Linear(b.Linear(x, "fc1", 256), "fc2", 128)), "fc3", 10)))!.Message.ShouldBe("the network is linear: its 3 layers follow each other with no nonlinearity between");

    [Fact]
    public void Batch_norm_and_reshaping_between_do_not_help() =>
        FindingOf(Net((b, x) => b.Linear(b.Op("flatten", [b.Op("avg_pool2d", b.Op("batch_norm", b.Conv(x, "conv", 16), "bn"))], [32, 1024]), "fc", 10), 32, 1, 8, 8)).ShouldNotBeNull();

    [Fact]
    public void Convolutions_of_the_same_kernel_are_proved() => FindingOf(Net((b, x) => b.Conv(b.Conv(x, "conv1", 32), "conv2", 64), 32, 3, 28, 28)).ShouldNotBeNull();

    [Fact]
    public void Two_passes_in_a_step_are_seen_as_one()
    {
        var build = new TraceBuilder();
        foreach (var _ in Enumerable.Range(0, 2)) build.Linear(build.Linear(build.Input(32, 784), "fc1", 256), "fc2", 10);

        FindingOf(build).ShouldNotBeNull();
    }

    public static TheoryData<string> Healthy => [.. Nets.Keys];

    static readonly Dictionary<string, TraceBuilder> Nets = new()
    {
        ["logistic regression on purpose"] = Net((b, x) => b.Linear(x, "fc", 10)),
        ["activation between"] = Net((b, x) => b.Linear(b.Op("relu", b.Linear(x, "fc1", 256)), "fc2", 10)),
        ["activation in place"] = Net((b, x) => b.Linear(b.InPlace("relu_", b.Linear(x, "fc1", 256)), "fc2", 10)),
        ["low rank: a bottleneck"] = Net((b, x) => b.Linear(b.Linear(x, "down", 8), "up", 784)),
        ["linear autoencoder, a PCA"] = Net((b, x) => b.Linear(b.Linear(x, "encoder", 32), "decoder", 784)),
        ["LoRA"] = Net((b, x) => b.Op("add", [b.Linear(x, "base", 784), b.Linear(b.Linear(x, "a", 4), "b", 784)], [32, 784])),
        ["residual sum"] = Net((b, x) => b.Linear(b.Op("add", [b.Linear(x, "fc1", 784), x], [32, 784]), "fc2", 784)),
        ["attention: queries times keys"] = Net((b, x) => b.Op("matmul", [b.Linear(x, "q", 16), b.Op("transpose", [b.Linear(x, "k", 16)], [32, 16, 10])], [32, 10, 10]), 32, 10, 16),
        ["attention: weights times values, then projected"] = Net((b, x) => b.Linear(b.Op("matmul", [b.Op("softmax", b.Linear(x, "q", 10), dimension: 2), b.Linear(x, "v", 16)], [32, 10, 16]), "out", 16), 32, 10, 16),
        ["embedding, then linear"] = Net((b, x) => b.Linear(b.Op("embedding", [b.Parameter("embedding.weight", 1000, 64), x], [32, 10, 64]), "fc", 128), 32, 10),
        ["layer norm between"] = Net((b, x) => b.Linear(b.Op("layer_norm", b.Linear(x, "fc1", 784), "norm"), "fc2", 784)),
        ["max pooling between"] = Net((b, x) => b.Conv(b.Op("max_pool2d", b.Conv(x, "conv1", 32)), "conv2", 64), 32, 3, 28, 28),
        ["gated unit"] = Net((b, x) =>
        {
            var both = b.Linear(x, "both", 512);
            return b.Linear(b.Op("mul", [b.Op("chunk", [both], [32, 256]), b.Op("sigmoid", b.Op("chunk", [both], [32, 256]))], [32, 256]), "out", 256);
        }),
        ["depthwise, then pointwise"] = Net((b, x) => b.Conv(b.Conv(x, "depth", 32, groups: 32), "point", 64, kernel: 1), 32, 32, 28, 28),
        ["a projection before a larger kernel"] = Net((b, x) => b.Conv(b.Conv(x, "lateral", 256, kernel: 1), "smooth", 256), 2, 512, 8, 8),
        ["pixel shuffle between"] = Net((b, x) => b.Conv(b.Op("pixel_shuffle", [b.Conv(x, "up", 256)], [2, 64, 16, 16]), "last", 3), 2, 64, 8, 8),
        ["features used elsewhere as well"] = Net((b, x) =>
        {
            var embedding = b.Linear(x, "embedding", 128);
            b.Op("pow", embedding);
            return b.Linear(embedding, "classifier", 10);
        }),
        ["mixing another axis"] = Net((b, x) => b.Linear(b.Op("transpose", [b.Linear(x, "channels", 16)], [32, 16, 10]), "tokens", 10), 32, 10, 16),
        ["tied decoder"] = Net((b, x) =>
        {
            var tied = b.Parameter("embedding.weight", 1000, 64);
            var hidden = b.Linear(b.Op("tanh", b.Op("embedding", [tied, x], [32, 10, 64])), "projection", 64);
            b.Op("matmul", [b.Op("relu", hidden), b.Op("t", [tied], [64, 1000])], [32, 10, 1000]);
            return b.Op("matmul", [hidden, b.Op("t", [tied], [64, 1000])], [32, 10, 1000]);
        }, 32, 10),
        ["one layer unrolled in time"] = Net((b, x) =>
        {
            var (input, back) = (b.Parameter("input.weight", 16, 8), b.Parameter("back.weight", 16, 16));
            var state = b.Op("tanh", b.Op("linear", [x, input], [32, 16]));
            for (var t = 0; t < 3; t++) state = b.Op("tanh", b.Op("add", [b.Op("linear", [state, back], [32, 16]), b.Op("linear", [x, input], [32, 16])], [32, 16]));
            return b.Linear(state, "head", 4);
        }, 32, 8),
        ["frozen features"] = Net((b, x) => b.Linear(b.Op("linear", [x, b.Parameter("backbone.weight", 512, 784) with { RequiresGrad = false }], [32, 512]), "head", 10)),
        ["normalized embedding"] = Net((b, x) =>
        {
            var e = b.Linear(x, "embedding", 512);
            return b.Linear(b.Op("div", [e, b.Op("linalg_vector_norm", e)], [32, 512]), "arc", 100);
        }),
        ["reparametrization"] = Net((b, x) => b.Linear(b.Op("add", [b.Linear(x, "mean", 784), b.Op("mul", [b.Op("exp", b.Linear(x, "logvar", 784)), b.Tensor(null, 32, 784)], [32, 784])], [32, 784]), "decoder", 784)),
    };

    [Theory]
    [MemberData(nameof(Healthy))]
    public void Healthy_networks_are_silent(string name) => Diagnose(Nets[name].Operations).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    static ModuleBuilt Layer(int index, string type, double input = 0, double output = 0) =>
        new() { Name = $"body.{index}", Type = type, Settings = type == "Linear" ? new Dictionary<string, double> { ["in_features"] = input, ["out_features"] = output } : new Dictionary<string, double>(), Site = new Site("net.py", 5 + index) };

    [Fact]
    public void Without_a_trace_a_sequence_tells()
    {
        ModuleBuilt body = new() { Name = "body", Type = "Sequential", HasChildren = true };

        Diagnose(body, Layer(0, "Linear", 784, 256), Layer(1, "Dropout"), Layer(2, "Linear", 256, 10)).FindingOf(Name).ShouldNotBeNull().Location!.Line.ShouldBe(7);
        Diagnose(body, Layer(0, "Linear", 784, 256), Layer(1, "ReLU"), Layer(2, "Linear", 256, 10)).FindingOf(Name).ShouldBeNull();
        Diagnose(body, Layer(0, "Linear", 784, 8), Layer(1, "Linear", 8, 784)).FindingOf(Name).ShouldBeNull();
        Diagnose(body with { Type = "ModuleList" }, Layer(0, "Linear", 784, 256), Layer(1, "Linear", 256, 10)).FindingOf(Name).ShouldBeNull();
    }

    [Fact]
    public void Nobody_knows_without_either() => Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
