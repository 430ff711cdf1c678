using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Modes;

/// <summary>PES607 and PES608 in watched programs, by the losses that they compute.</summary>
public sealed class WatchedGapTests
{
    const string Under = "underfitting";
    const string Over = "overfitting";

    static IEnumerable<Observation> To(double end) => Losses(Enumerable.Range(0, 80).Select(i => end + (2.3 - end) * Math.Exp(-i / 8.0)));

    static IEnumerable<Observation> Evaluated(double value, int calls = 6, string kind = "cross-entropy") => Enumerable.Range(0, calls).Select(i => LossCall(80, Phase.Evaluate, value, kind, line: 33));

    static SingleBatchTried[] Batch(double end) => [.. Enumerable.Range(0, 3).Select(s => Tried(SingleBatchVerdict.NotEnoughEvidence, s, 2.3, end))];

    [Fact]
    public void A_loss_that_stays_at_guessing_is_told() =>
        Diagnose(StuckLosses).FindingOf(Under).ShouldNotBeNull().ShouldSatisfyAllConditions(f => f.Level.ShouldBe(Level.Warning), f => f.EvidenceClass.ShouldBe(EvidenceClass.Suspected));

    [Fact]
    public void Little_learned_of_the_training_set_and_of_one_batch_is_told() =>
        Diagnose([.. To(1.7), .. Batch(1.2)]).FindingOf(Under).ShouldNotBeNull().Message.ShouldStartWith("the network learns little of its training set, and not one batch by heart");

    [Fact]
    public void Noise_that_no_network_can_learn_is_silent_when_a_batch_is_learned() =>
        Diagnose([.. To(1.7), .. ThreeSeeds(SingleBatchVerdict.Passes)]).VerdictOf(Under).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void A_falling_loss_passes() => Diagnose([.. FallingLosses, .. Batch(1.2)]).VerdictOf(Under).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_confirmed_cause_takes_it_in() =>
        Diagnose([.. StuckLosses, .. ThreeSeeds(SingleBatchVerdict.Plateaus), Experiment("learning-rate-too-low", ExperimentOutcome.Confirmed)]).Findings.ShouldHaveSingleItem().Code.ShouldBe("PES502");

    [Fact]
    public void Nothing_that_carries_over_is_overfitting() =>
        Diagnose([.. To(0.01), .. Evaluated(2)]).FindingOf(Over).ShouldNotBeNull().ShouldSatisfyAllConditions(f => f.Level.ShouldBe(Level.Warning), f => f.Location!.Line.ShouldBe(33));

    [Fact]
    public void A_usual_gap_is_silent() => Diagnose([.. To(0.01), .. Evaluated(0.6)]).VerdictOf(Over).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_training_loss_that_is_high_as_well_is_no_overfitting() => Diagnose([.. To(1.5), .. Evaluated(2)]).VerdictOf(Over).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Without_a_loss_on_other_data_nothing_is_known() => Diagnose(To(0.01)).VerdictOf(Over).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Two_kinds_of_losses_on_other_data_are_not_compared() =>
        Diagnose([.. To(0.01), .. Evaluated(2), .. Evaluated(3, kind: "mse")]).VerdictOf(Over).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
