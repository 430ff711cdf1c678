using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Model;

/// <summary>PES204, PES205 (traced), PES207, PES208 to PES211 of watched programs.</summary>
public sealed class StructureChecksTests
{
    const string Bias = "bias-before-batch-norm", Mixed = "mixed-batch-axis", Shared = "shared-layer-by-mistake", Unused = "unused-parameters";
    const string Symmetric = "symmetric-initialization", Scale = "initialization-scale", Dropout = "excessive-dropout";

    static IEnumerable<Observation> Stuck => Steps(60, s => CrossEntropy(s, Logits, Math.Log(10), "linear"));

    static IEnumerable<Observation> Learning => Steps(200, s => CrossEntropy(s, Logits, Falling(s), "linear"));

    [Fact]
    public void A_bias_before_batch_norm_is_a_note()
    {
        var build = new TraceBuilder();
        build.Op("batch_norm", build.Conv(build.Input(8, 3, 8, 8), "conv", 16), "bn");

        Diagnose(build.Operations).FindingOf(Bias).ShouldNotBeNull().Level.ShouldBe(Level.Note);
    }

    [Fact]
    public void No_bias_or_another_use_of_the_output_is_silent()
    {
        var build = new TraceBuilder();
        build.Op("batch_norm", build.Conv(build.Input(8, 3, 8, 8), "conv", 16, bias: false), "bn");
        var twice = build.Conv(build.Input(8, 3, 8, 8), "other", 16);
        build.Op("batch_norm", twice, "bn2");
        build.Op("relu", twice);

        Diagnose(build.Operations).VerdictOf(Bias).ShouldBeOfType<Verdict.Passed>();
        Diagnose().VerdictOf(Bias).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static IEnumerable<OperationSeen> Reshaped(string operation, long[] from, long[] to, long examples = 32)
    {
        var build = new TraceBuilder();
        var hidden = build.Linear(build.Op(operation, [build.Input(from)], to, module: ""), "fc", 4);
        build.Op("cross_entropy_loss", [build.Op("mean", [hidden], [examples, 4]), build.Target(examples)], []);
        return build.Operations;
    }

    [Theory]
    [InlineData(new long[] { 32, 10, 8 }, new long[] { 10, 32, 8 })]
    [InlineData(new long[] { 10, 32, 8 }, new long[] { 32, 80 })]
    public void A_view_that_moves_the_batch_without_its_elements_is_proved(long[] from, long[] to) =>
        Diagnose(Reshaped("view", from, to)).FindingOf(Mixed).ShouldNotBeNull().Message.ShouldStartWith("view of [");

    [Theory]
    [InlineData("transpose", new long[] { 32, 10, 8 }, new long[] { 10, 32, 8 })]
    [InlineData("view", new long[] { 32, 10, 8 }, new long[] { 32, 8, 10 })]
    [InlineData("view", new long[] { 32, 10, 8 }, new long[] { 320, 8, 1 })]
    [InlineData("view", new long[] { 32, 32, 8 }, new long[] { 8, 32, 32 })]
    [InlineData("view", new long[] { 32, 10, 1 }, new long[] { 1, 32, 10 })]
    [InlineData("view", new long[] { 32, 3, 8, 8 }, new long[] { 32, 192 })]
    public void Views_that_keep_the_batch_and_transposes_are_silent(string operation, long[] from, long[] to) => Diagnose(Reshaped(operation, from, to)).FindingOf(Mixed).ShouldBeNull();

    [Fact]
    public void A_hidden_axis_of_the_size_of_the_batch_by_chance_is_silent()
    {
        var build = new TraceBuilder();
        var hidden = build.Linear(build.Input(8, 10, 16), "fc", 32);
        build.Op("cross_entropy_loss", [build.Linear(build.Op("view", [hidden], [32, 80], module: ""), "head", 4), build.Target(32)], []);

        Diagnose(build.Operations).FindingOf(Mixed).ShouldBeNull();
    }

    static Observation[] List(string type = "Linear", int times = 3) =>
    [
        new ModuleBuilt { Name = "layers", Type = "Sequential", HasChildren = true },
        new ModuleBuilt { Name = "layers.0", Type = type, Site = new Site("net.py", 7) },
        .. Enumerable.Range(1, times - 1).Select(i => new ModuleBuilt { Name = $"layers.{i}", Type = type, AliasOf = "layers.0", Site = new Site("net.py", 7) }),
    ];

    static ParameterObserved Weight(string name, double std = 0.1, double? gradient = 0.1, long rows = 64, long columns = 64) =>
        new() { Name = name, Shape = [rows, columns], WeightStd = std, UnitsIdentical = std == 0, GradientNorm = gradient, Optimizers = [0], Site = new Site("net.py", 8) };

    [Fact]
    public void One_layer_several_times_in_a_list_is_told()
    {
        var finding = Diagnose([.. List(), Weight("layers.0.weight")]).FindingOf(Shared).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldBe("3 layers of layers are one and the same Linear");
        finding.Location!.Line.ShouldBe(7);
    }

    [Fact]
    public void Layers_without_weights_may_be_shared() => Diagnose([.. List("ReLU"), Weight("fc.weight")]).VerdictOf(Shared).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Tied_embeddings_and_networks_with_two_names_are_silent() => Diagnose(
        new ModuleBuilt { Name = "encoder.embedding", Type = "Embedding" }, new ModuleBuilt { Name = "decoder.embedding", Type = "Embedding", AliasOf = "encoder.embedding" },
        Weight("encoder.embedding.weight"), Weight("decoder.weight") with { AliasOf = "encoder.embedding.weight" }).VerdictOf(Shared).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void One_layer_called_in_a_loop_is_silent()
    {
        var build = new TraceBuilder();
        var weight = build.Parameter("layer.weight", 64, 64);
        var x = build.Input(8, 64);
        for (var i = 0; i < 12; i++) x = build.Op("relu", build.Op("linear", [x, weight], [8, 64]));

        Diagnose([new ModuleBuilt { Name = "layer", Type = "Linear" }, Weight("layer.weight"), .. build.Operations]).VerdictOf(Shared).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_head_shared_by_several_inputs_is_silent()
    {
        var build = new TraceBuilder();
        var weight = build.Parameter("layers.0.weight", 64, 64);
        for (var i = 0; i < 3; i++) build.Op("linear", [build.Input(8, 64), weight], [8, 64]);

        Diagnose([.. List(), Weight("layers.0.weight"), .. build.Operations]).VerdictOf(Shared).ShouldBeOfType<Verdict.Passed>();
    }

    static IEnumerable<Observation> Measured(int steps, params (string Name, double? Gradient)[] parameters) => Steps(1, s => CrossEntropy(s, Logits)).Concat(Enumerable.Range(0, steps)
        .Select(s => new ParametersMeasured { Step = s, Parameters = [.. parameters.Select(p => new ParameterMeasure(p.Name, 1, p.Gradient))] }));

    [Fact]
    public void A_layer_that_never_gets_a_gradient_is_unused_and_a_note_while_the_program_learns()
    {
        Observation[] net = [Weight("fc1.weight"), Weight("spare.weight", gradient: null), .. Measured(24, ("fc1.weight", 1), ("spare.weight", null))];

        Diagnose([.. net, .. Stuck]).FindingOf(Unused).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose([.. net, .. Learning]).FindingOf(Unused).ShouldNotBeNull().Level.ShouldBe(Level.Note);
    }

    [Fact]
    public void The_other_player_of_a_game_gets_its_gradient_later()
    {
        Observation[] net =
        [
            Weight("d.weight"), Weight("g.weight", gradient: null) with { Model = 1 },
            .. Measured(24, ("d.weight", 1)), .. Measured(24, ("1/g.weight", 1)),
        ];

        Diagnose(net).VerdictOf(Unused).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_branch_that_some_batches_use_is_silent() =>
        Diagnose([Weight("fc1.weight"), Weight("expert.weight", gradient: null), .. Measured(23, ("fc1.weight", 1), ("expert.weight", null)), .. Measured(1, ("expert.weight", 1))]).VerdictOf(Unused).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Few_steps_are_not_enough() =>
        Diagnose([Weight("fc1.weight"), Weight("expert.weight", gradient: null), .. Measured(2, ("fc1.weight", 1), ("expert.weight", null))]).VerdictOf(Unused).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void A_network_of_constants_is_proved_symmetric() =>
        Diagnose(Weight("fc1.weight", std: 0), Weight("fc2.weight", std: 0, rows: 10)).FindingOf(Symmetric).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void Two_constant_layers_in_a_row_are_suspected_while_nothing_is_learned()
    {
        Observation[] net = [Weight("conv.weight"), Weight("fc1.weight", std: 0), Weight("fc2.weight", std: 0, rows: 10)];

        Diagnose([.. net, .. Stuck]).FindingOf(Symmetric).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose([.. net, .. Learning]).FindingOf(Symmetric).ShouldBeNull();
    }

    [Fact]
    public void Tables_of_examples_may_start_equal() =>
        Diagnose([new ModuleBuilt { Name = "users", Type = "Embedding" }, new ModuleBuilt { Name = "items", Type = "Embedding" }, Weight("fc.weight"), Weight("users.weight", std: 0), Weight("items.weight", std: 0), .. Stuck])
            .FindingOf(Symmetric).ShouldBeNull();

    [Fact]
    public void A_linear_model_that_starts_at_zero_and_constant_scales_and_biases_are_silent()
    {
        Diagnose([Weight("fc.weight", std: 0, rows: 10), .. Stuck]).FindingOf(Symmetric).ShouldBeNull();
        Diagnose([Weight("a.weight"), Weight("norm.weight", std: 0) with { Shape = [64] }, Weight("b.weight", std: 0), Weight("c.weight"), Weight("bias", std: 0) with { Shape = [10] }, .. Stuck]).FindingOf(Symmetric).ShouldBeNull();
    }

    [Fact]
    public void Nothing_is_known_of_the_start_without_parameters()
    {
        foreach (var name in new[] { Symmetric, Scale, Dropout, Shared, Mixed, Unused }) Diagnose().VerdictOf(name).ShouldBeOfType<Verdict.NotEnoughEvidence>(name);
    }

    static ActivationsMeasured Signal(params double[] stds) => new() { Step = 0, Phase = Phase.Train, Modules = [.. stds.Select((s, i) => new ModuleMeasure($"m{i}", "Linear", 0, s, s, 0, 0, 64))] };

    [Fact]
    public void Weights_far_too_large_with_a_signal_that_grows_are_suspected_while_nothing_is_learned()
    {
        Observation[] net = [Weight("fc1.weight", std: 3), Weight("fc2.weight", std: 3), Signal(20, 3000)];

        Diagnose([.. net, .. Stuck]).FindingOf(Scale).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose([.. net, .. Learning]).FindingOf(Scale).ShouldBeNull();
        Diagnose([Weight("fc1.weight", std: 3), Signal(20, 25), .. Stuck]).FindingOf(Scale).ShouldBeNull();
        Diagnose([Weight("fc1.weight", std: 3), .. Stuck]).VerdictOf(Scale).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_signal_that_is_lost_on_its_way_is_proved() =>
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus), Weight("fc1.weight", std: 1e-4), Weight("fc2.weight", std: 1e-4), Signal(1e-3, 1e-7, 1e-12), .. Stuck]).FindingOf(Scale).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void A_loss_that_ends_far_above_knowing_nothing_is_a_symptom() =>
        Diagnose([Weight("fc1.weight", std: 10), Signal(20, 1e5), .. Steps(60, s => CrossEntropy(s, Logits, 1e5 - 500 * s))]).FindingOf(Scale).ShouldNotBeNull();

    [Theory]
    [InlineData(0.072)]
    [InlineData(0.02)]
    [InlineData(0.177)]
    public void Usual_starts_are_silent(double std) => Diagnose([Weight("fc1.weight", std), Signal(1, 500), .. Stuck]).VerdictOf(Scale).ShouldBeOfType<Verdict.Passed>();

    static Observation[] WithDropout(double p) =>
    [
        new ModuleBuilt { Name = "drop", Type = "Dropout", Settings = new Dictionary<string, double> { ["p"] = p } },
        new PassObserved { Step = 0, Phase = Phase.Train, DropoutsOn = ["drop"] },
    ];

    [Fact]
    public void Dropout_that_leaves_hardly_anything_is_suspected_while_nothing_is_learned()
    {
        Diagnose([.. WithDropout(0.95), .. Stuck]).FindingOf(Dropout).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose([.. WithDropout(0.95), .. Learning]).FindingOf(Dropout).ShouldBeNull();
        Diagnose([.. WithDropout(0.5), .. Stuck]).VerdictOf(Dropout).ShouldBeOfType<Verdict.Passed>();
    }
}
