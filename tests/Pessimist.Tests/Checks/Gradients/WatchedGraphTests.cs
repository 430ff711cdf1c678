using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Gradients;

/// <summary>PES208 and PES405 in watched programs: what gets no gradient at any of many steps.</summary>
public sealed class WatchedGraphTests
{
    const string Cut = "detached-graph";
    const string Unused = "unused-parameters";

    static IEnumerable<Observation> Steps(int count, params (string Name, double? Gradient)[] parameters) =>
        Enumerable.Range(0, count).Select(step => new ParametersMeasured { Step = step, Parameters = [.. parameters.Select(p => new ParameterMeasure(p.Name, 1, p.Gradient))] });

    static Observation[] Net(double? body, double? head, bool bodyHeld = true) =>
    [
        bodyHeld ? Optimizer(0, "Adam", "body.weight", "head.weight") : Optimizer(0, "Adam", "head.weight"),
        Parameter("body.weight", body, bodyHeld ? [0] : []), Parameter("head.weight", head, [0]),
    ];

    [Fact]
    public void A_body_that_the_optimizer_holds_and_no_gradient_reaches_is_cut_off()
    {
        var finding = Diagnose([.. Net(null, 1), .. Steps(30, ("body.weight", null), ("head.weight", 1)), .. Loop(60)]).FindingOf(Cut).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Message).ShouldBe((Level.Error, EvidenceClass.Proved, "no gradient reaches 'body.weight'"));
        (finding.Location!.File, finding.Location.Module).ShouldBe(("net.py", "head.weight"));
    }

    [Fact]
    public void Features_of_a_fixed_body_under_no_grad_are_healthy() =>
        Diagnose([.. Net(null, 1, bodyHeld: false), .. Steps(30, ("body.weight", null), ("head.weight", 1)), .. Loop(60)]).FindingOf(Cut).ShouldBeNull();

    [Fact]
    public void What_moves_got_its_gradient_by_another_way()
    {
        var moved = Enumerable.Range(0, 30).Select(step => new ParametersMeasured
        {
            Step = step, Parameters = [new ParameterMeasure("body.weight", 1, null, Update: 0.01), new ParameterMeasure("head.weight", 1, null, Update: 0.01)],
        });
        Diagnose([.. Net(null, null), .. moved, .. Loop(60)]).FindingOf(Cut).ShouldBeNull();
    }

    [Fact]
    public void A_gradient_that_comes_later_is_healthy() =>
        Diagnose([.. Net(null, 1), .. Steps(3, ("body.weight", null), ("head.weight", 1)), .. Steps(30, ("body.weight", 1), ("head.weight", 1)), .. Loop(60)]).FindingOf(Cut).ShouldBeNull();

    [Fact]
    public void Few_steps_say_nothing() =>
        Diagnose([.. Net(null, 1), .. Steps(3, ("body.weight", null), ("head.weight", 1)), .. Loop(60)]).VerdictOf(Cut).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void A_player_that_does_not_move_at_a_step_is_healthy()
    {
        Observation[] players = [Optimizer(0, "Adam", "fc.weight"), Optimizer(1, "Adam", "1/fc.weight"), Parameter("fc.weight", 1, [0]), Parameter("fc.weight", null, [1], model: 1)];
        Diagnose([.. players, .. Steps(30, ("fc.weight", 1), ("1/fc.weight", 1)), .. Loop(60, "Z0 B0 S0 Z1 B01 S1")]).Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_player_whose_optimizer_steps_without_any_gradient_is_cut_off()
    {
        Observation[] players = [Optimizer(0, "Adam", "fc.weight"), Optimizer(1, "Adam", "1/fc.weight"), Parameter("fc.weight", 1, [0]), Parameter("fc.weight", null, [1], model: 1)];
        Diagnose([.. players, .. Steps(30, ("fc.weight", 1), ("1/fc.weight", null)), .. Loop(60, "Z0 B0 S0 Z1 B0 S1")]).FindingOf(Cut).ShouldNotBeNull().Message.ShouldBe("no gradient reaches '1/fc.weight'");
    }

    [Fact]
    public void In_a_game_five_of_its_own_steps_without_any_gradient_are_enough()
    {
        Observation[] players = [Optimizer(0, "Adam", "fc.weight"), Optimizer(1, "Adam", "1/fc.weight"), Parameter("fc.weight", 1, [0]), Parameter("fc.weight", null, [1], model: 1)];
        Diagnose([.. players, .. Steps(4, ("fc.weight", 1), ("1/fc.weight", null)), .. Loop(60, "Z0 B0 S0 Z1 B0 S1")]).FindingOf(Cut).ShouldBeNull();
        Diagnose([.. players, .. Steps(5, ("fc.weight", 1), ("1/fc.weight", null)), .. Loop(60, "Z0 B0 S0 Z1 B0 S1")]).FindingOf(Cut).ShouldNotBeNull();
    }

    /// <summary>A head on features of the body, which `detach` may come between; beside it, what is only looked at is detached as well.</summary>
    static IReadOnlyList<Observation> Trace(bool isUsed)
    {
        var trace = new TraceBuilder();
        var features = trace.Linear(trace.Input(8, 4), "body", 4);
        trace.Op("mean", [trace.Op("detach", [features], [8, 4], gradient: false)], [], gradient: false);
        if (isUsed) trace.Linear(trace.Op("detach", [features], [8, 4], gradient: false), "head", 2);
        return trace.Operations;
    }

    [Fact]
    public void The_cut_is_told_where_the_network_goes_on_without_a_gradient_and_not_where_something_is_printed()
    {
        Observation[] measured = [.. Net(null, 1), .. Steps(30, ("body.weight", null), ("head.weight", 1))];
        var finding = Diagnose([.. measured, .. Trace(true), .. Loop(60)]).FindingOf(Cut).ShouldNotBeNull();

        finding.Location!.Line.ShouldBe(Trace(true).OfType<OperationSeen>().Last(o => o.Operation == "detach").Site!.Line);
        finding.Related[0].Message.ShouldBe("the first layer that gets a gradient");
        Diagnose([.. measured, .. Trace(false), .. Loop(60)]).FindingOf(Cut).ShouldNotBeNull().Location!.Module.ShouldBe("head.weight");
    }

    [Fact]
    public void A_target_network_that_no_optimizer_holds_is_healthy() =>
        Diagnose([.. SmallNet(), Parameter("fc1.weight", null, [], model: 1), .. Steps(30, ("fc1.weight", 1), ("fc2.weight", 1), ("1/fc1.weight", null)), .. Loop(60)]).Findings.ShouldBeEmpty();

    [Fact]
    public void A_layer_that_is_never_called_is_unused_and_a_head_that_is_called_now_and_then_is_not()
    {
        Observation[] net = [Optimizer(0, "Adam", "a", "b", "c"), Parameter("a", 1, [0]), Parameter("b", null, [0]), Parameter("c", 1, [0])];
        Diagnose([.. net, .. Steps(30, ("a", 1), ("b", null), ("c", 1)), .. Loop(60)]).FindingOf(Unused).ShouldNotBeNull().Message.ShouldBe("'b' takes no part in the loss");
        Diagnose([.. net, .. Steps(30, ("a", 1), ("b", null), ("c", 1)), .. Steps(1, ("b", 1)), .. Loop(60)]).VerdictOf(Unused).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. net, .. Steps(5, ("a", 1), ("b", null), ("c", 1)), .. Loop(60)]).VerdictOf(Unused).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static OperationSeen Reads(int index, string parameter, string? module = "body", bool gradients = true) => new()
    {
        Step = 0, Index = index, Operation = "linear", Module = module, GradientsOn = gradients,
        Inputs = [new TensorFacts { Shape = [2, 2], DType = "float32", Role = $"parameter {parameter}" }],
    };

    [Fact]
    public void First_layers_that_no_operation_reads_are_unused_and_not_cut_off()
    {
        var run = Diagnose([.. Net(null, 1), Reads(0, "head.weight", "head"), Reads(1, "body.weight", module: null, gradients: false),
            .. Steps(30, ("body.weight", null), ("head.weight", 1)), .. Loop(60)]);

        run.FindingOf(Unused).ShouldNotBeNull().Message.ShouldBe("'body.weight' takes no part in the loss");
        run.FindingOf(Cut).ShouldBeNull();
    }

    [Fact]
    public void First_layers_that_an_operation_reads_are_cut_off_and_not_unused()
    {
        var run = Diagnose([.. Net(null, 1), Reads(0, "head.weight", "head"), Reads(1, "body.weight", gradients: false),
            .. Steps(30, ("body.weight", null), ("head.weight", 1)), .. Loop(60)]);

        run.FindingOf(Cut).ShouldNotBeNull();
        run.FindingOf(Unused).ShouldBeNull();
    }

    [Fact]
    public void Gradients_that_are_cleared_before_each_step_say_nothing_of_a_cut() =>
        Diagnose([.. Net(null, null), .. Steps(60, ("body.weight", null), ("head.weight", null)), .. Loop(60, "Z0 S0 B0")]).FindingOf(Cut).ShouldBeNull();

    [Fact]
    public void A_program_that_dies_before_its_first_backward_pass_is_not_cut_off() =>
        Diagnose([.. Net(null, null)]).VerdictOf(Cut).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
