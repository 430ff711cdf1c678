using Pessimist.Observations;
using Pessimist.Signals;
using Pessimist.Tests.Checks;

namespace Pessimist.Tests.Signals;

public sealed class OperationGraphTests
{
    [Theory]
    [InlineData("aten::_softmax", "softmax")]
    [InlineData("addmm", "linear")]
    [InlineData("relu_", "relu")]
    [InlineData("add_.Tensor", "add")]
    [InlineData("Conv2d", "conv")]
    public void Names_of_the_same_thing_are_one(string seen, string canonical) => OperationNames.Canonical(seen).ShouldBe(canonical);

    [Fact]
    public void Looks_through_views_for_the_maker()
    {
        var build = new TraceBuilder();
        var hidden = build.Linear(build.Input(8, 4), "fc", 6);
        var shaped = build.Op("view", [build.Op("to", hidden)], [48]);
        build.Op("relu", shaped);
        var trace = Trace(build);

        var (tensor, maker) = trace.SourceOf(shaped, trace.Operations.Count);

        maker.ShouldBe(0);
        tensor.Id.ShouldBe(hidden.Id);
        trace.UsesOf(0).Select(trace.NameAt).ShouldBe(["relu"]);
    }

    [Fact]
    public void A_tensor_changed_in_place_has_the_change_as_its_maker_from_then_on()
    {
        var build = new TraceBuilder();
        var hidden = build.Linear(build.Input(8, 4), "fc1", 6);
        build.InPlace("relu_", hidden);
        build.Linear(hidden, "fc2", 3);
        var trace = Trace(build);

        trace.MakerOf(hidden, 1).ShouldBe(0);
        trace.MakerOf(hidden, 2).ShouldBe(1);
        trace.UsesOf(0).Select(trace.NameAt).ShouldBe(["relu"]);
        trace.UsesOf(1).Select(trace.NameAt).ShouldBe(["linear"]);
    }

    [Fact]
    public void A_transposed_weight_is_still_the_parameter()
    {
        var build = new TraceBuilder();
        var turned = build.Op("t", [build.Parameter("fc.weight", 6, 4)], [4, 6]);

        Trace(build).ParameterOf(turned, 1).ShouldBe("fc.weight");
    }

    [Fact]
    public void Knows_what_a_tensor_was_computed_from()
    {
        var build = new TraceBuilder();
        var x = build.Input(8, 4);
        var hidden = build.Op("sigmoid", build.Linear(x, "fc", 6));
        var other = build.Op("relu", x);
        var trace = Trace(build);

        trace.DependsOnParameter(hidden, 3).ShouldBeTrue();
        trace.DependsOnParameter(other, 3).ShouldBeFalse();
    }

    [Fact]
    public void Keeps_the_first_traced_steps_apart_and_no_more()
    {
        var graph = new OperationGraph();
        for (var step = 0; step < 10; step++)
            for (var index = 0; index < 3; index++) graph.Read(new OperationSeen { Step = step, Index = index, Operation = "relu" });

        graph.Traces.Count.ShouldBe(OperationGraph.MostTraces);
        graph.Traces.ShouldAllBe(t => t.Operations.Count == 3);
    }

    [Fact]
    public void An_endless_step_is_cut_off()
    {
        var graph = new OperationGraph();
        for (var index = 0; index < OperationTrace.MostOperations + 5; index++) graph.Read(new OperationSeen { Step = 0, Index = index, Operation = "relu" });

        graph.Traces.ShouldHaveSingleItem().Operations.Count.ShouldBe(OperationTrace.MostOperations);
        graph.Traces[0].IsTruncated.ShouldBeTrue();
    }

    [Fact]
    public void A_tensor_that_is_its_own_view_does_not_hang()
    {
        var build = new TraceBuilder();
        var x = build.Input(4) with { Role = null };
        build.InPlace("view", x);
        build.InPlace("view", x);

        Trace(build).SourceOf(x, 2).Maker.ShouldBeNull();
        Trace(build).UsesOf(0).ShouldBeEmpty();
    }

    static OperationTrace Trace(TraceBuilder build)
    {
        var graph = new OperationGraph();
        foreach (var operation in build.Operations) graph.Read(operation);
        return graph.Traces[0];
    }
}
