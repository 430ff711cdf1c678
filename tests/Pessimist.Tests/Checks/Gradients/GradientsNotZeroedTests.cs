using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Gradients;

public sealed class GradientsNotZeroedTests
{
    const string Name = "gradients-not-zeroed";

    [Fact]
    public void A_loop_that_never_clears_is_proved_even_while_the_loss_falls()
    {
        var finding = Diagnose([.. SmallNet(), .. Loop(30, "B S")]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved));
        (finding.Location!.File, finding.Location.Line).ShouldBe(("train.py", 40));
        finding.Evidence[0].Measured.ShouldBe("29 of 29");
    }

    [Fact]
    public void Clearing_once_an_epoch_is_too_seldom()
    {
        var epoch = "Z " + string.Join(' ', Enumerable.Repeat("B S", 20));
        Diagnose([.. SmallNet(), .. Loop(4, epoch)]).FindingOf(Name).ShouldNotBeNull().Message.ShouldBe("gradients of earlier steps are still there at the next backward pass");
    }

    [Fact]
    public void Clearing_between_backward_and_step_is_proved()
    {
        var finding = Diagnose([.. SmallNet(), .. Loop(30, "B Z S", StaysAtGuessing)]).FindingOf(Name).ShouldNotBeNull();

        finding.Message.ShouldContain("no step finds any");
        finding.Location!.Line.ShouldBe(20);
    }

    [Theory]
    [InlineData("Z B S")]
    [InlineData("B S Z")]
    [InlineData("H0 B S")] // p.grad = None
    [InlineData("B B B B S Z")] // accumulation
    [InlineData("Z B Z B Z B S")] // LBFGS calls its closure several times
    [InlineData("Z B B S")] // two losses, one step
    [InlineData("Z B K")] // a scaler skips
    public void Healthy_orders_pass(string moves) => Diagnose([.. SmallNet(), .. Loop(40, moves)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    /// <summary>What a trace saw of the clearings of the first steps.</summary>
    static IEnumerable<Observation> Looked(IEnumerable<Observation> loop, bool discarded) =>
        loop.Select(o => o is LoopEvent { Action: LoopAction.ZeroGrad, Step: < 2 } move ? move with { Discarded = discarded } : o);

    [Fact]
    public void Clearing_before_each_backward_pass_of_an_accumulation_throws_gradients_away()
    {
        var finding = Diagnose([.. SmallNet(), .. Looked(Loop(30, "Z B Z B S"), true)]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Error, EvidenceClass.Proved, 20));
        finding.Message.ShouldContain("only the last one counts");
    }

    [Fact]
    public void Gradients_that_somebody_read_or_stepped_along_before_they_are_cleared_are_used() =>
        Diagnose([.. SmallNet(), .. Looked(Loop(30, "Z B Z B S"), false)]).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void A_pass_whose_gradients_are_thrown_away_once_is_no_habit() =>
        Diagnose([.. SmallNet(), .. Looked(Loop(1, "Z B Z B S"), true), .. Loop(30)]).FindingOf(Name).ShouldBeNull();

    [Theory]
    [InlineData("Z0 B0 B0 S0 Z1 B01 S1")] // the generator's loss leaves gradients in the discriminator, cleared before it moves
    [InlineData("B0 Z1 S0 Z0 B1 S1 Z1")] // the other one's are cleared between backward and step
    [InlineData("H0 B0 S0 H1 B01 S1")] // by hand
    public void Games_of_two_networks_are_silent(string moves)
    {
        Observation[] players =
        [
            Optimizer(0, "Adam", "fc.weight"), Optimizer(1, "Adam", "1/fc.weight"), Parameter("fc.weight", 1, [0]), Parameter("fc.weight", null, [1], model: 1),
        ];
        Diagnose([.. players, .. Loop(60, moves, StaysAtGuessing)]).FindingOf(Name).ShouldBeNull();
    }

    [Theory]
    [InlineData("B1 S1 Z0 B01 S0", true)]
    [InlineData("H1 B1 S1 Z0 B01 S0", false)] // by hand
    [InlineData("Z1 B1 S1 Z0 B01 S0", false)]
    public void A_player_that_nobody_clears_is_proved(string moves, bool isProved)
    {
        Observation[] players =
        [
            Optimizer(0, "Adam", "fc.weight"), Optimizer(1, "Adam", "1/fc.weight"), Parameter("fc.weight", 1, [0]), Parameter("fc.weight", null, [1], model: 1),
        ];
        var finding = Diagnose([.. players, .. Loop(60, moves)]).FindingOf(Name);
        (finding?.EvidenceClass).ShouldBe(isProved ? EvidenceClass.Proved : null);
    }

    [Fact]
    public void Two_optimizers_over_one_network_that_never_clear_are_proved() =>
        Diagnose(Loop(30, "B01 S0 S1")).FindingOf(Name).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void A_backbone_that_piles_up_unused_gradients_is_silent()
    {
        Observation[] net = [Optimizer(0, "Adam", "head.weight"), Parameter("body.weight", 1, []), Parameter("head.weight", 1, [0])];
        // The optimizer clears the head alone.
        Diagnose([.. net, .. Loop(30, "Z0 B01 S0")]).FindingOf(Name).ShouldBeNull();
        Diagnose([.. net, .. Loop(30, "H0 B01 S0")]).FindingOf(Name).ShouldBeNull();
    }

    [Fact]
    public void What_was_not_measured_or_is_too_short_is_not_known()
    {
        Diagnose([.. SmallNet(), .. Loop(30, "B S", measured: false)]).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose([.. SmallNet(), .. Loop(4, "B S")]).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Moves_that_were_sampled_far_apart_prove_nothing()
    {
        var sampled = Loop(400, "B S Z").OfType<LoopEvent>().Where(l => l.Step % 64 == 0 && l.Action != LoopAction.ZeroGrad).Select(l => l with { GradientBefore = l.Action == LoopAction.Backward ? 1 : null });
        Diagnose([.. SmallNet(), .. sampled]).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void An_experiment_that_clears_them_confirms_it()
    {
        var experiment = Experiment(Name, ExperimentOutcome.Confirmed, "zero-grad");
        var finding = Diagnose([.. SmallNet(), .. Loop(30, "B S"), .. ThreeSeeds(SingleBatchVerdict.Oscillates), experiment]).Findings.ShouldHaveSingleItem();

        (finding.Name, finding.EvidenceClass, finding.Confirmation).ShouldBe((Name, EvidenceClass.Proved, "undone, the batch is fitted"));
        finding.Explains.ShouldBe(["PES903"]);
    }
}
