using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Optimization;

public sealed class MissingOptimizerStepTests
{
    const string Name = "missing-optimizer-step";

    [Fact]
    public void A_loop_without_a_step_is_proved()
    {
        var finding = Diagnose([.. SmallNet(), .. Loop(40, "Z B", StaysAtGuessing), Ended()]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved));
        finding.Location!.Line.ShouldBe(40);
        finding.Related[0].Line.ShouldBe(10);
    }

    [Fact]
    public void A_step_before_the_backward_pass_that_finds_cleared_gradients_is_proved()
    {
        var finding = Diagnose([.. SmallNet(), .. Loop(40, "Z S B", StaysAtGuessing), Ended()]).FindingOf(Name).ShouldNotBeNull();

        finding.Message.ShouldContain("before the backward pass");
        finding.Location!.Line.ShouldBe(50);
    }

    [Fact]
    public void A_step_before_the_backward_pass_without_clearing_is_another_matter() =>
        Diagnose([.. SmallNet(), .. Loop(40, "S B", StaysAtGuessing), Ended()]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Theory]
    [InlineData("Z B S")]
    [InlineData("Z B K")]
    [InlineData("Z B B B B B B B B B B B B B B B B B B B B B B B B B B B S")]
    public void Steps_accumulation_and_skipped_steps_pass(string moves) => Diagnose([.. SmallNet(), .. Loop(30, moves), Ended()]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Weights_updated_by_hand_need_no_optimizer() => Diagnose([Parameter("w"), .. Loop(40, "B H0"), Ended()]).VerdictOf(Name).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void Gradients_of_the_inputs_are_wanted_for_themselves()
    {
        var batch = new BatchObserved { Step = 0, Inputs = [new TensorFacts { Shape = [1, 3, 8, 8], DType = "float32", RequiresGrad = true }] };
        Diagnose([.. SmallNet(), batch, .. Loop(40, "Z B", StaysAtGuessing), Ended()]).VerdictOf(Name).ShouldBeOfType<Verdict.NotApplicable>();
    }

    [Fact]
    public void A_program_that_still_runs_may_be_accumulating()
    {
        Diagnose([.. SmallNet(), .. Loop(64, "B")]).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void One_of_two_optimizers_that_never_steps_is_a_warning()
    {
        Observation[] players = [Optimizer(0, "Adam", "fc.weight"), Optimizer(1, "Adam", "1/fc.weight"), Parameter("fc.weight", 1, [0]), Parameter("fc.weight", 1, [1], model: 1)];
        var finding = Diagnose([.. players, .. Loop(60, "Z0 B0 S0 Z1 B01"), Ended(60)]).FindingOf(Name).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Warning);
        finding.Location!.Line.ShouldBe(11);
        Diagnose([.. players, .. Loop(60, "Z0 B0 S0 Z1 B01")]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void An_optimizer_that_another_took_the_place_of_is_silent() =>
        Diagnose([Optimizer(0, "Adam", "fc1.weight"), Optimizer(1, "SGD", "fc1.weight"), Parameter("fc1.weight", 1, [0, 1]), .. Loop(60, "Z1 B1 S1"), Ended(60)])
            .VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
}
