using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks;

/// <summary>PES301 and PES311.</summary>
public sealed class LossChecksTests
{
    static InitialLossObserved Initial(double loss) => new() { Loss = loss, Expected = Math.Log(10), ExpectedAs = "ln 10", OutputScale = 20, Reason = "outputs are large" };

    static EpochFinished Epoch(double loss, string phase = "train") => new() { Phase = phase, Epoch = 2, TrainLoss = loss };

    [Fact]
    public void Reports_the_first_loss_that_is_not_finite() =>
        Diagnose(Epoch(0.3), Epoch(double.NaN)).FindingOf("loss-not-finite").ShouldNotBeNull().Message.ShouldBe("the loss became NaN or infinite in epoch 2 of the training");

    [Fact]
    public void A_trial_of_a_search_may_diverge() => Diagnose(Epoch(0.3), Epoch(double.NaN, "tune")).Findings.ShouldBeEmpty();

    [Fact]
    public void Finite_losses_pass_and_none_say_nothing()
    {
        Diagnose(Epoch(1e30)).VerdictOf("loss-not-finite").ShouldBeOfType<Verdict.Passed>();
        Diagnose().VerdictOf("loss-not-finite").ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Theory]
    [InlineData(2.31)]
    [InlineData(3.1)]
    [InlineData(1.9)]
    public void A_loss_near_ln_K_passes(double loss) => Diagnose(Initial(loss)).VerdictOf("unexpected-initial-loss").ShouldBeOfType<Verdict.Passed>();

    [Theory]
    [InlineData(106)]
    [InlineData(0.4)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_far_from_ln_K_is_a_warning_when_the_batch_fails(double loss) =>
        Diagnose([Initial(loss), .. ThreeSeeds(SingleBatchVerdict.Plateaus)]).FindingOf("unexpected-initial-loss").ShouldNotBeNull().Level.ShouldBe(Level.Warning);

    [Fact]
    public void It_is_a_note_when_the_network_trains_all_the_same()
    {
        var finding = Diagnose([Initial(106), .. ThreeSeeds(SingleBatchVerdict.Passes)]).FindingOf("unexpected-initial-loss").ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Note);
        finding.Notes.ShouldBe(["outputs are large", "the network trains all the same"]);
    }

    [Fact]
    public void The_confirmed_reason_is_told_and_folds_it_only_when_it_harms()
    {
        var reason = Experiment("initialization-scale", ExperimentOutcome.Confirmed, "initial-loss-reason", "initial-loss");

        Diagnose([Initial(106), .. ThreeSeeds(SingleBatchVerdict.Passes), reason]).Findings.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            f => f.Code.ShouldBe("PES311"), f => f.Level.ShouldBe(Level.Note), f => f.EvidenceClass.ShouldBe(EvidenceClass.Confirmed), f => f.Fixes.ShouldBe(["use this instead of that"]));
        Diagnose([Initial(106), .. ThreeSeeds(SingleBatchVerdict.Plateaus), reason, Experiment("initialization-scale", ExperimentOutcome.Confirmed)])
            .Findings.ShouldHaveSingleItem().Code.ShouldBe("PES210");
    }

    [Fact]
    public void An_unknown_expectation_says_nothing()
    {
        Diagnose(Initial(106) with { Expected = 0 }).VerdictOf("unexpected-initial-loss").ShouldBeOfType<Verdict.NotApplicable>();
        Diagnose().VerdictOf("unexpected-initial-loss").ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
