using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Model;

/// <summary>PES212, PES213, PES216, PES217, PES218. The messages are those of PyTorch 1.13.</summary>
public sealed class CrashTests
{
    const string DType = "dtype-mismatch", BatchNorm = "batch-norm-on-one-example", Axis = "sequence-axis-swapped", Carried = "hidden-state-carried", InPlace = "in-place-autograd";
    const string Twice = "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed).";

    static ExceptionRaised Crash(string message, string? operation = null, string? module = null, params TensorFacts[] inputs) => new()
    {
        Type = "RuntimeError", Message = message, Operation = operation, Module = module, Inputs = inputs, Step = 1, Stack = [new Site("train.py", 40, "main")],
    };

    static TensorFacts Weight(string name) => Floats(3, 4) with { Role = $"parameter {name}" };

    [Theory]
    [InlineData("mat1 and mat2 must have the same dtype", "float64", "fc computes in float32, and input 0 is float64", "x.float()")]
    [InlineData("Input type (unsigned char) and bias type (float) should be the same", "uint8", "fc computes in float32, and input 0 is uint8", "/ 255")]
    public void An_input_of_another_type_than_the_weights(string message, string type, string told, string fix)
    {
        var finding = Diagnose(Crash(message, "linear", "fc", Floats(2, 4) with { DType = type, Role = "input 0" }, Weight("fc.weight"))).FindingOf(DType).ShouldNotBeNull();

        finding.Message.ShouldBe(told);
        finding.Fixes.ShouldHaveSingleItem().ShouldContain(fix);
        finding.Location!.Line.ShouldBe(40);
    }

    [Theory]
    [InlineData("expected scalar type Long but found Float", "cross_entropy_loss", "cross_entropy_loss expects int64 and is given float32", "target.long()")]
    [InlineData("Found dtype Double but expected Float", "mse_loss", "mse_loss expects float32 and is given float64", "target.float()")]
    [InlineData("result type Float can't be cast to the desired output type Long", "binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits expects int64 and is given float32", "target.float()")]
    [InlineData("\"softmax_lastdim_kernel_impl\" not implemented for 'Long'", "softmax", "softmax does not work on int64", "x.float()")]
    [InlineData("Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.FloatTensor instead", "embedding", "embedding was given element types that do not fit", "ids.long()")]
    public void Types_from_the_message_alone(string message, string operation, string told, string fix)
    {
        var finding = Diagnose(Crash(message, operation)).FindingOf(DType).ShouldNotBeNull();

        finding.Message.ShouldBe(told);
        finding.Fixes[0].ShouldContain(fix);
    }

    [Fact]
    public void Tensors_in_two_places_are_another_finding() =>
        Diagnose(Crash("Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same")).FindingOf(DType).ShouldBeNull();

    [Fact]
    public void Where_the_type_came_from_is_told()
    {
        var build = new TraceBuilder();
        var x = build.Op("from_numpy", [], [2, 4], dtype: "float64");
        var scaled = build.Op("div", [x], [2, 4], dtype: "float64");

        Diagnose([.. build.Operations, Crash("mat1 and mat2 must have the same dtype", "linear", "fc", scaled, Weight("fc.weight"))]).FindingOf(DType)!.Evidence[0].Measured.ShouldBe("from_numpy at net.py:100");
    }

    [Fact]
    public void A_last_batch_of_one_example_is_explained()
    {
        var finding = Diagnose(new LoaderBuilt { Loader = 0, Examples = 65, BatchSize = 32 }, Crash("Expected more than 1 value per channel when training, got input size torch.Size([1, 10])", "batch_norm", "bn"))
            .FindingOf(BatchNorm).ShouldNotBeNull();

        finding.Message.ShouldContain("[1, 10]");
        finding.Evidence[0].Measured.ShouldBe("1 (65 examples in batches of 32)");
    }

    [Theory]
    [InlineData(new long[] { 1, 16 }, true)]
    [InlineData(new long[] { 1, 16, 1, 1 }, true)]
    [InlineData(new long[] { 1, 16, 64, 64 }, false)]
    [InlineData(new long[] { 2, 16 }, false)]
    public void One_value_for_each_channel_is_proved_by_the_trace_and_one_picture_is_fine(long[] shape, bool found)
    {
        var build = new TraceBuilder();
        build.Op("batch_norm", build.Input(shape), "bn");

        (Diagnose(build.Operations).FindingOf(BatchNorm) is not null).ShouldBe(found);
    }

    [Fact]
    public void Flat_batch_norm_that_trains_on_one_example_is_proved_without_a_trace() =>
        Diagnose(new ModuleBuilt { Name = "bn", Type = "BatchNorm1d" }, new PassObserved { Step = 9, Phase = Phase.Train, Examples = 1, BatchNormsOnBatch = ["bn"] }).FindingOf(BatchNorm).ShouldNotBeNull();

    [Fact]
    public void Pictures_one_by_one_and_evaluation_of_one_example_are_fine()
    {
        Diagnose(new ModuleBuilt { Name = "bn", Type = "BatchNorm2d" }, new PassObserved { Step = 9, Phase = Phase.Train, Examples = 1, BatchNormsOnBatch = ["bn"] }).FindingOf(BatchNorm).ShouldBeNull();
        Diagnose(new ModuleBuilt { Name = "bn", Type = "BatchNorm1d" }, new PassObserved { Step = 9, Phase = Phase.Evaluate, Examples = 1, BatchNormsOnRunning = ["bn"] }).FindingOf(BatchNorm).ShouldBeNull();
    }

    static Observation[] Recurrent(long[] shape, bool batchFirst, long examples = 32)
    {
        var build = new TraceBuilder();
        build.Op("lstm", build.Input(shape), "rnn");
        return
        [
            new ModuleBuilt { Name = "rnn", Type = "LSTM", Settings = new Dictionary<string, double> { ["batch_first"] = batchFirst ? 1 : 0 } },
            new BatchObserved { Step = 0, Inputs = [Floats(shape)], Target = Ids(examples, 9) },
            .. build.Operations,
        ];
    }

    [Theory]
    [InlineData(new long[] { 32, 20, 8 }, false)]
    [InlineData(new long[] { 20, 32, 8 }, true)]
    public void A_batch_taken_for_the_time_is_proved(long[] shape, bool batchFirst) =>
        Diagnose(Recurrent(shape, batchFirst)).FindingOf(Axis).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Theory]
    [InlineData(new long[] { 32, 20, 8 }, true)]
    [InlineData(new long[] { 20, 32, 8 }, false)]
    [InlineData(new long[] { 32, 32, 8 }, false)]
    [InlineData(new long[] { 32, 1, 8 }, false)]
    public void The_right_axis_equal_axes_and_a_series_cut_into_steps_are_silent(long[] shape, bool batchFirst) => Diagnose(Recurrent(shape, batchFirst)).VerdictOf(Axis).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_hidden_state_for_the_other_axis_is_the_same_mistake()
    {
        var result = Diagnose(Crash("Expected hidden[0] size (1, 7, 20), got [1, 4, 20]", "lstm", "rnn", Floats(4, 7, 10)));

        result.FindingOf(Axis).ShouldNotBeNull().Message.ShouldStartWith("rnn takes axis 1 for the batch");
        result.FindingOf("shape-mismatch").ShouldBeNull();
    }

    static TraceBuilder Unrolled(bool drawn, bool transposed = false, bool recurrent = true)
    {
        var build = new TraceBuilder();
        var rows = drawn ? build.Op("index_select", [build.Tensor(null, 500, 8, 1), build.Tensor(null, 20)], [20, 8, 1], dimension: 0) : build.Tensor(null, 20, 8, 1);
        var input = (transposed ? build.Op("transpose", [rows], [8, 20, 1]) : rows) with { Role = "input 0" };
        var count = (int)input.Shape[0];
        var steps = build.Split("unbind", input, count, [input.Shape[1], 1], "");
        var (weight, back) = (build.Parameter("input.weight", 16, 1), build.Parameter("hidden.weight", 16, 16));
        TensorFacts? state = null;
        List<TensorFacts> states = [];
        foreach (var step in steps)
        {
            var next = build.Op("linear", [step, weight], [input.Shape[1], 16], "input");
            if (state is not null && recurrent) next = build.Op("add", [next, build.Op("linear", [state, back], [input.Shape[1], 16], "hidden")], [input.Shape[1], 16], "");
            states.Add(state = build.Op("tanh", next, ""));
        }

        build.Linear(build.Op("stack", [.. states], [count, input.Shape[1], 16], ""), "head", 2);
        return build;
    }

    [Fact]
    public void A_recurrence_by_hand_over_examples_drawn_at_random_is_proved() => Diagnose(Unrolled(drawn: true).Operations).FindingOf(Axis).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void A_recurrence_over_time_over_one_long_series_and_examples_one_by_one_are_silent()
    {
        Diagnose(Unrolled(drawn: true, transposed: true).Operations).FindingOf(Axis).ShouldBeNull();
        Diagnose(Unrolled(drawn: false).Operations).FindingOf(Axis).ShouldBeNull();
        Diagnose(Unrolled(drawn: true, recurrent: false).Operations).FindingOf(Axis).ShouldBeNull();
    }

    static TraceBuilder WithState(bool leaf)
    {
        var build = new TraceBuilder(step: 1);
        var state = build.Tensor(null, 32, 16) with { RequiresGrad = true, Leaf = leaf };
        build.Op("add", [build.Linear(build.Input(32, 8), "cell", 16), state], [32, 16], "cell");
        return build;
    }

    [Fact]
    public void A_state_with_its_graph_explains_the_second_backward_pass()
    {
        var finding = Diagnose([.. WithState(leaf: false).Operations, Crash(Twice)]).FindingOf(Carried).ShouldNotBeNull();

        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Related.ShouldHaveSingleItem().File.ShouldBe("net.py");
    }

    [Fact]
    public void A_recurrent_network_explains_it_without_a_trace() => Diagnose(new ModuleBuilt { Name = "rnn", Type = "GRU" }, Crash(Twice)).FindingOf(Carried).ShouldNotBeNull();

    [Fact]
    public void A_loss_used_twice_is_not_a_carried_state()
    {
        Diagnose([.. WithState(leaf: true).Operations, Crash(Twice)]).VerdictOf(Carried).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(new ModuleBuilt { Name = "rnn", Type = "GRU" }, Crash(Twice) with { Step = 0 }).VerdictOf(Carried).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_retained_graph_with_a_carried_state_is_proved_without_an_exception() => Diagnose(
    [
        .. WithState(leaf: false).Operations,
        .. Enumerable.Range(0, 5).Select(s => new LoopEvent { Action = LoopAction.Backward, Step = s, Retained = true, Loss = 1 }),
    ]).FindingOf(Carried).ShouldNotBeNull();

    [Fact]
    public void A_graph_retained_for_two_losses_of_one_step_is_silent() =>
        Diagnose(Enumerable.Range(0, 6).Select(s => new LoopEvent { Action = LoopAction.Backward, Step = s / 2, Retained = s % 2 == 0, Loss = 1 })).FindingOf(Carried).ShouldBeNull();

    [Fact]
    public void A_change_in_place_is_named_with_its_line()
    {
        var build = new TraceBuilder();
        var hidden = build.Op("relu", build.Linear(build.Input(2, 8), "fc", 4));
        build.InPlace("add_", hidden);
        const string message = "one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2, 4]], "
            + "which is output 0 of ReluBackward0, is at version 1; expected version 0 instead.";

        var finding = Diagnose([.. build.Operations, Crash(message)]).FindingOf(InPlace).ShouldNotBeNull();

        finding.Message.ShouldBe("the output of relu, which the backward pass needs, was changed in place by add_");
        finding.Location!.Line.ShouldBe(102);
        finding.Related[0].Line.ShouldBe(40);
    }

    [Fact]
    public void A_parameter_changed_in_place_is_explained() =>
        Diagnose(Crash("a leaf Variable that requires grad is being used in an in-place operation.")).FindingOf(InPlace).ShouldNotBeNull().Fixes[0].ShouldContain("no_grad");

    [Fact]
    public void A_carried_state_that_meets_an_updated_weight_is_the_state_s_fault()
    {
        var result = Diagnose([.. WithState(leaf: false).Operations, Crash("one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [4, 4]]")]);

        result.FindingOf(Carried).ShouldNotBeNull();
        result.FindingOf(InPlace).ShouldBeNull();
    }

    [Fact]
    public void In_place_operations_that_autograd_allows_are_silent()
    {
        var build = new TraceBuilder();
        build.InPlace("relu_", build.Linear(build.Input(2, 8), "fc", 4));

        Diagnose([.. build.Operations, .. Steps(30, s => CrossEntropy(s, Logits))]).VerdictOf(InPlace).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Nobody_knows_without_a_program()
    {
        foreach (var name in new[] { DType, BatchNorm, Axis, Carried, InPlace }) Diagnose().VerdictOf(name).ShouldBeOfType<Verdict.NotEnoughEvidence>(name);
    }
}
