using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Loss;

/// <summary>PES308 loss-sign-flipped, in watched programs; what experiments confirm is in CauseChecksTests.</summary>
public sealed class LossSignFlippedTests
{
    const string Name = "loss-sign-flipped";

    static double Climbs(int step) => 2.3 + 0.1 * step;

    static OptimizerBuilt By(int number, bool maximize = false) => Optimizer(number, "SGD", "fc.weight") with { Maximize = maximize };

    /// <summary>The backward pass starts from the loss times a factor.</summary>
    static IEnumerable<Observation> Times(double factor, IEnumerable<Observation> loop) => loop.Select(o => o is LoopEvent { Loss: { } loss } move ? move with { Loss = factor * loss } : o);

    [Fact]
    public void Weights_that_go_up_the_gradient_by_hand_climb()
    {
        var finding = Diagnose([By(0), .. Loop(60, loss: Climbs, rate: _ => -0.1)]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Error, EvidenceClass.Proved, 50));
    }

    [Fact]
    public void The_negative_of_a_loss_is_climbed_where_the_backward_pass_starts() =>
        Diagnose([By(0), .. Times(-1, Loop(60, loss: Climbs))]).FindingOf(Name).ShouldNotBeNull().Location!.Line.ShouldBe(40);

    [Fact]
    public void An_optimizer_that_maximizes_the_loss_climbs() => Diagnose([By(0, maximize: true), .. Loop(60, loss: Climbs)]).FindingOf(Name).ShouldNotBeNull();

    [Fact]
    public void The_negative_of_a_negative_is_descended() => Diagnose([By(0, maximize: true), .. Times(-1, Loop(60))]).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void A_step_up_while_the_loss_falls_is_silent() => Diagnose([By(0), .. Loop(60, rate: _ => -0.1)]).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void In_a_game_one_of_two_climbs() => Diagnose([By(0), By(1), .. Times(-1, Loop(60, "Z0 B0 S0 Z1 B1 S1", loss: Climbs))]).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void A_loss_that_rises_though_it_is_descended_is_something_else() => Diagnose([By(0), .. Loop(60, loss: Climbs)]).FindingOf(Name).ShouldBeNull();

    /// <summary>From 1, times 1.6 a step, until it is not finite.</summary>
    static double RunsAway(int step) => step < 20 ? Math.Pow(1.6, step) : double.NaN;

    [Fact]
    public void A_loss_of_ones_own_that_is_climbed_until_it_is_not_finite_is_told()
    {
        var finding = Diagnose([By(0), .. Loop(60, loss: RunsAway, rate: _ => -0.1, kind: "custom")]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Error, EvidenceClass.Proved, 50));
        finding.Evidence[1].Measured.ShouldBe("from 1 to 7.56E+03, then not finite");
    }

    [Fact]
    public void What_runs_away_though_it_is_descended_is_something_else() =>
        Diagnose([By(0), .. Loop(60, loss: RunsAway, kind: "custom")]).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void A_log_likelihood_that_is_climbed_too_fast_falls_and_is_something_else() =>
        Diagnose([By(0), .. Loop(60, loss: s => -RunsAway(s), rate: _ => -0.1, kind: "custom")]).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void An_objective_that_is_climbed_and_rises_is_maximized() =>
        Diagnose([By(0), .. Loop(60, loss: Climbs, rate: _ => -0.1, kind: "custom")]).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void Few_steps_are_not_enough() => Diagnose([By(0), .. Loop(10, loss: Climbs, rate: _ => -0.1)]).FindingOf(Name).ShouldBeNull();
}
