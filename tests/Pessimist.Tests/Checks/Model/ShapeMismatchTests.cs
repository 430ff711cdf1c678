using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Model;

/// <summary>PES202, PES214, PES215: shapes that do not fit. The messages are those of PyTorch 1.13.</summary>
public sealed class ShapeMismatchTests
{
    const string Shape = "shape-mismatch", Kernel = "kernel-larger-than-input", Width = "output-width-wrong";

    static ExceptionRaised Crash(string message, string operation, string? module, params TensorFacts[] inputs) => new()
    {
        Type = "RuntimeError", Message = message, Operation = operation, Module = module, Inputs = inputs, Stack = [new Site("net.py", 40, "forward"), new Site("train.py", 12)],
    };

    static ModuleBuilt Module(string name, string type) => new() { Name = name, Type = type, Site = new Site("net.py", 20, "__init__") };

    static Finding Explained(ExceptionRaised crash, params Observation[] more) => Diagnose([.. more, crash]).FindingOf(Shape).ShouldNotBeNull();

    [Fact]
    public void A_missing_flatten_is_named_with_both_shapes_the_layer_and_its_line()
    {
        var finding = Explained(Crash("mat1 and mat2 shapes cannot be multiplied (5120x5 and 400x10)", "linear", "fc1", Floats(64, 16, 5, 5), Floats(10, 400) with { Role = "parameter fc1.weight" }), Module("fc1", "Linear"));

        finding.Level.ShouldBe(Level.Error);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Message.ShouldBe("fc1 takes 400 features and is given 5, in a tensor of shape [64, 16, 5, 5]");
        finding.Fixes.ShouldHaveSingleItem().ShouldBe("flatten the tensor before fc1: 16 x 5 x 5 = 400 features");
        finding.Location.ShouldBe(new Location("net.py", 40, "forward", "fc1"));
        finding.Related.ShouldHaveSingleItem().Line.ShouldBe(20);
    }

    [Fact]
    public void Our_own_engine_s_message_names_more_shapes()
    {
        const string message = "Linear(in_features=54, out_features=10, bias=True), made at Crashes.cs:77, failed on float32[400, 6, 3, 3]: aten::linear failed: mat1 and mat2 shapes cannot be multiplied (7200x3 and 54x10) "
            + "(arguments: float32[400, 6, 3, 3], float32[10, 54], float32[10])";

        Explained(Crash(message, "linear", "3", Floats(400, 6, 3, 3)), Module("3", "Linear")).Fixes.ShouldHaveSingleItem().ShouldBe("flatten the tensor before 3: 6 x 3 x 3 = 54 features");
    }

    [Fact]
    public void A_linear_layer_made_for_another_picture_size_is_told_the_size() =>
        Explained(Crash("mat1 and mat2 shapes cannot be multiplied (64x784 and 400x10)", "linear", "fc1", Floats(64, 784))).Fixes[0].ShouldStartWith("let fc1 take 784 features");

    [Fact]
    public void Swapped_sizes_are_named_where_they_fit() =>
        Explained(Crash("mat1 and mat2 shapes cannot be multiplied (64x784 and 128x784)", "linear", "fc1", Floats(64, 784))).Fixes[0].ShouldBe("the sizes look swapped: Linear(784, 128) takes 784 features");

    [Fact]
    public void Features_on_another_axis_are_named() =>
        Explained(Crash("mat1 and mat2 shapes cannot be multiplied (2240x100 and 35x10)", "linear", "fc", Floats(64, 35, 100))).Fixes[0].ShouldContain("axis 1");

    [Theory]
    [InlineData("Given groups=1, weight of size [16, 3, 3, 3], expected input[64, 28, 28, 3] to have 3 channels, but got 28 channels instead", new long[] { 64, 28, 28, 3 }, "permute(0, 3, 1, 2)")]
    [InlineData("Given groups=1, weight of size [16, 1, 3, 3], expected input[1, 64, 28, 28] to have 1 channels, but got 64 channels instead", new long[] { 64, 28, 28 }, "unsqueeze(1)")]
    [InlineData("Given groups=1, weight of size [16, 1, 3, 3], expected input[64, 3, 28, 28] to have 1 channels, but got 3 channels instead", new long[] { 64, 3, 28, 28 }, "in colour")]
    [InlineData("Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [64, 784]", new long[] { 64, 784 }, "reshape them to [batch, channels, height, width]")]
    [InlineData("Expected 2D (unbatched) or 3D (batched) input to conv2d, but got input of size: [64, 1, 1, 28, 28]", new long[] { 64, 1, 1, 28, 28 }, "stray axis")]
    public void Pictures_that_do_not_fit_a_convolution(string message, long[] input, string mistake) =>
        Explained(Crash(message, "conv2d", "conv1", Floats(input)), Module("conv1", "Conv2d")).Fixes.ShouldHaveSingleItem().ShouldContain(mistake);

    [Theory]
    [InlineData("Expected input batch_size (640) to match target batch_size (64).", "each example makes 10 rows")]
    [InlineData("grad can be implicitly created only for scalar outputs", "reduce the loss")]
    [InlineData("shape '[-1, 400]' is invalid for input of size 50176", "use flatten(1)")]
    [InlineData("running_mean should contain 20 elements not 10", "20")]
    [InlineData("Given normalized_shape=[64], expected input with shape [*, 64], but got input of size[32, 64, 128]", "transpose before it")]
    [InlineData("input.size(-1) must be equal to input_size. Expected 64, got 12", "the features must be the last axis")]
    [InlineData("mean squared error compares a prediction of shape [32, 1] with a target of shape [32]; they must be equal, or broadcasting would compare", "prediction.squeeze(-1)")]
    public void Other_messages_are_explained(string message, string mistake) =>
        Explained(Crash(message, "an_operation", "block", Floats(32, 64, 784))).Fixes.ShouldHaveSingleItem().ShouldContain(mistake);

    [Fact]
    public void One_hot_targets_of_whole_numbers_are_named() =>
        Explained(Crash("Expected floating point type for target with class probabilities, got Long", "cross_entropy_loss", null, Floats(64, 10), Floats(64, 10) with { DType = "int64" })).Fixes[0].ShouldContain("argmax(1)");

    [Fact]
    public void A_target_with_a_stray_axis_is_squeezed() =>
        Explained(Crash("0D or 1D target tensor expected, multi-target not supported", "cross_entropy_loss", null, Floats(64, 10), Floats(64, 1) with { DType = "int64" })).Fixes[0].ShouldContain("squeeze(1)");

    [Fact]
    public void A_lost_batch_axis_is_named() =>
        Explained(Crash("Dimension out of range (expected to be in range of [-1, 0], but got 1)", "log_softmax", null, Floats(10))).Fixes[0].ShouldContain("batch axis is missing");

    [Fact]
    public void No_mistake_is_named_where_the_shapes_leave_doubt()
    {
        var finding = Explained(Crash("The size of tensor a (5) must match the size of tensor b (6) at non-singleton dimension 1", "add", "block", Floats(4, 5), Floats(4, 6)));

        finding.Message.ShouldBe("block joins tensors of shape [4, 5] and [4, 6]");
        finding.Fixes.ShouldBeEmpty();
    }

    [Fact]
    public void An_unreadable_message_still_has_its_line() => Explained(Crash("shape mismatch", "foo", null)).Location!.Line.ShouldBe(40);

    [Theory]
    [InlineData("Calculated padded input size per channel: (3 x 3). Kernel size: (5 x 5). Kernel size can't be greater than actual input size", "conv3 has a kernel of 5 x 5 and is given 3 x 3, padding included")]
    [InlineData("Given input size: (64x1x1). Calculated output size: (64x0x0). Output size is too small", "conv3 would make nothing of 1 x 1")]
    public void A_kernel_larger_than_its_input(string message, string told)
    {
        var result = Diagnose(Crash(message, "conv2d", "conv3", Floats(8, 16, 3, 3)));

        result.FindingOf(Kernel).ShouldNotBeNull().Message.ShouldBe(told);
        result.FindingOf(Shape).ShouldBeNull();
    }

    [Fact]
    public void The_sizes_on_the_way_are_told()
    {
        var build = new TraceBuilder();
        var x = build.Conv(build.Input(8, 1, 8, 8), "conv1", 6);
        build.Op("max_pool2d", [x], [8, 6, 4, 4], "pool");

        Diagnose([.. build.Operations, Crash("Calculated padded input size per channel: (4 x 4). Kernel size: (5 x 5). Kernel size can't be greater than actual input size", "conv2d", "conv2")])
            .FindingOf(Kernel)!.Evidence[0].Measured.ShouldBe("8 x 8 -> 8 x 8 (conv1) -> 4 x 4 (pool)");
    }

    [Fact]
    public void A_class_beyond_the_outputs_is_an_output_too_few()
    {
        var finding = Diagnose(new BatchObserved { Step = 0, Inputs = [], Labels = new Dictionary<string, long> { ["0"] = 3, ["11"] = 1 } },
            Crash("Target 10 is out of bounds.", "cross_entropy_loss", null, Floats(32, 10), Ids(32, 11))).FindingOf(Width).ShouldNotBeNull();

        finding.Message.ShouldBe("the network has 10 outputs, and an example has class 10");
        finding.Fixes[0].ShouldContain("12 outputs");
    }

    [Fact]
    public void Classes_that_begin_at_1_are_wrong_labels_instead() =>
        Diagnose(new BatchObserved { Step = 0, Inputs = [], Labels = new Dictionary<string, long> { ["1"] = 3, ["10"] = 1 } },
            Crash("Target 10 is out of bounds.", "cross_entropy_loss", null, Floats(32, 10), Ids(32, 10))).VerdictOf(Width).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Two_outputs_for_one_binary_target()
    {
        var result = Diagnose(Crash("Target size (torch.Size([64])) must be the same as input size (torch.Size([64, 2]))", "binary_cross_entropy_with_logits", null));

        result.FindingOf(Width).ShouldNotBeNull().Message.ShouldBe("the network has 2 outputs, and each example has one target ([64])");
        result.FindingOf(Shape).ShouldBeNull();
    }

    [Fact]
    public void One_output_for_cross_entropy_is_proved() =>
        Diagnose(Steps(10, s => CrossEntropy(s, null, 0, classes: 1))).FindingOf(Width).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void More_outputs_than_classes_are_silent() => Diagnose(Steps(60, s => CrossEntropy(s, Logits, Falling(s, 6.9), classes: 1000))).VerdictOf(Width).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_program_that_does_not_end_this_way_passes()
    {
        var result = Diagnose(Crash("something else", "foo", null));
        foreach (var name in new[] { Shape, Kernel }) result.VerdictOf(name).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Nobody_knows_without_a_program()
    {
        foreach (var name in new[] { Shape, Kernel, Width }) Diagnose().VerdictOf(name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
