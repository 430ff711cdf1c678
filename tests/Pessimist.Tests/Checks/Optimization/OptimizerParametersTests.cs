using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Optimization;

/// <summary>PES503 and PES504: what the optimizers hold against what gets gradients.</summary>
public sealed class OptimizerParametersTests
{
    const string Left = "unoptimized-parameters";
    const string Stale = "stale-optimizer-parameters";

    static OptimizerBuilt WithStrangers(int count, params string[] parameters) => Optimizer(0, "Adam") with { Groups = [new OptimizerGroup(0.1, parameters, Strangers: count)] };

    [Fact]
    public void A_head_that_was_not_given_to_the_optimizer_is_proved()
    {
        var finding = Diagnose([Optimizer(0, "Adam", "body.weight"), Parameter("body.weight", 1, [0]), Parameter("head.weight", 1, []), .. Loop(30)]).FindingOf(Left).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved));
        finding.Message.ShouldBe("no optimizer holds 'head.weight', though gradients reach it");
        finding.Location!.Line.ShouldBe(10);
        finding.Related[0].File.ShouldBe("net.py");
    }

    [Fact]
    public void First_layers_left_out_are_a_warning_while_the_loss_falls_and_an_error_otherwise()
    {
        Observation[] net = [Optimizer(0, "Adam", "head.weight"), Parameter("body.weight", 1, []), Parameter("head.weight", 1, [0])];
        Diagnose([.. net, .. Loop(60)]).FindingOf(Left).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose([.. net, .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Left).ShouldNotBeNull().Level.ShouldBe(Level.Error);
    }

    public static TheoryData<string, Observation[]> Healthy => new()
    {
        { "all held", SmallNet() },
        { "frozen backbone", [Optimizer(0, "Adam", "head.weight"), Parameter("body.weight", null, [], wanted: false), Parameter("head.weight", 1, [0])] },
        { "second optimizer", [Optimizer(0, "Adam", "a"), Optimizer(1, "SGD", "b"), Parameter("a", 1, [0]), Parameter("b", 1, [1])] },
        { "added later", [Optimizer(0, "Adam", "b"), Parameter("a", 1, []), Parameter("b", 1, [0]), Optimizer(0, "Adam", "b", "a")] },
        { "no gradient reaches it", [Optimizer(0, "Adam", "b"), Parameter("a", null, []), Parameter("b", 1, [0])] },
        { "a loss with parameters of its own", [WithStrangers(1, "a"), Parameter("a", 1, [0])] },
        { "an image is optimized through a fixed network", [WithStrangers(1), Parameter("a", 1, []), Parameter("b", 1, [])] },
        { "tied weights", [Optimizer(0, "Adam", "a"), Parameter("a", 1, [0]), Parameter("b", 1, []) with { AliasOf = "a" }] },
    };

    [Theory, MemberData(nameof(Healthy))]
    public void Healthy_programs_are_silent(string why, Observation[] net)
    {
        var result = Diagnose([.. net, .. Loop(30)]);
        result.FindingOf(Left).ShouldBeNull(why);
        result.FindingOf(Stale).ShouldBeNull(why);
    }

    [Fact]
    public void Nobody_looked_or_nothing_stepped_is_not_known()
    {
        Diagnose([Parameter("a"), .. Loop(30)]).VerdictOf(Left).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose([Optimizer(0, "Adam", "b"), Parameter("a", 1, []), Parameter("b", 1, [0])]).VerdictOf(Left).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Stale).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_layer_replaced_after_the_optimizer_was_built_is_stale()
    {
        var finding = Diagnose([WithStrangers(1, "body.weight"), Parameter("body.weight", 1, [0]), Parameter("head.weight", 1, []), .. Loop(30)]).Findings.ShouldHaveSingleItem();

        (finding.Name, finding.Level, finding.EvidenceClass).ShouldBe((Stale, Level.Error, EvidenceClass.Proved));
        finding.Message.ShouldBe("Adam holds old tensors in place of 'head.weight'");
        finding.Explains.ShouldBe(["PES503"]);
    }

    [Fact]
    public void A_name_that_the_optimizer_knew_for_another_tensor_is_stale() =>
        Diagnose([Optimizer(0, "Adam", "a", "b"), Parameter("a", 1, []), Parameter("b", 1, []), .. Loop(30, loss: StaysAtGuessing)]).FindingOf(Stale).ShouldNotBeNull();

    [Fact]
    public void A_network_made_anew_is_stale() =>
        Diagnose([Optimizer(0, "Adam", "a", "b"), Parameter("a", 1, [], model: 1), Parameter("b", 1, [], model: 1), .. Loop(30, loss: StaysAtGuessing)])
            .FindingOf(Stale).ShouldNotBeNull().Message.ShouldBe("Adam holds old tensors in place of '1/a', '1/b'");

    [Fact]
    public void Parameters_of_a_loss_do_not_stand_for_layers_that_were_left_out() =>
        Diagnose([WithStrangers(1, "head"), Parameter("a", 1, []), Parameter("b", 1, []), Parameter("head", 1, [0]), .. Loop(60)]).FindingOf(Stale).ShouldBeNull();
}
