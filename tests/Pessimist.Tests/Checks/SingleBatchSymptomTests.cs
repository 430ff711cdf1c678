using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks;

/// <summary>PES901 to PES904.</summary>
public sealed class SingleBatchSymptomTests
{
    [Theory]
    [InlineData(SingleBatchVerdict.GoesUp, "PES901")]
    [InlineData(SingleBatchVerdict.Explodes, "PES902")]
    [InlineData(SingleBatchVerdict.Oscillates, "PES903")]
    [InlineData(SingleBatchVerdict.Plateaus, "PES904")]
    public void Each_symptom_is_named_by_its_own_check(SingleBatchVerdict verdict, string code)
    {
        var finding = Diagnose(ThreeSeeds(verdict)).Findings.ShouldHaveSingleItem();

        finding.Code.ShouldBe(code);
        finding.Level.ShouldBe(Level.Error);
        finding.Fixes.ShouldNotBeEmpty();
        finding.Notes.ShouldContain("3 of 3 seeds show it");
    }

    [Fact]
    public void A_fitted_batch_passes_all_four() => Diagnose(ThreeSeeds(SingleBatchVerdict.Passes)).Findings.ShouldBeEmpty();

    [Fact]
    public void One_unlucky_seed_of_three_is_no_symptom() =>
        Diagnose(Tried(SingleBatchVerdict.Passes), Tried(SingleBatchVerdict.Plateaus, 1), Tried(SingleBatchVerdict.Passes, 2)).Findings.ShouldBeEmpty();

    [Fact]
    public void The_commonest_symptom_is_the_one_reported()
    {
        var result = Diagnose(Tried(SingleBatchVerdict.Oscillates), Tried(SingleBatchVerdict.Explodes, 1), Tried(SingleBatchVerdict.Explodes, 2));

        result.Findings.ShouldHaveSingleItem().Code.ShouldBe("PES902");
    }

    [Fact]
    public void A_loss_that_still_falls_is_not_enough_evidence() =>
        Diagnose(ThreeSeeds(SingleBatchVerdict.NotEnoughEvidence)).VerdictOf("single-batch-plateaus").ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Without_a_confirmed_cause_the_suspects_are_listed_as_such()
    {
        var finding = Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus), Experiment("hard-examples", ExperimentOutcome.Consistent, "per-sample-loss")])
            .Findings.ShouldHaveSingleItem();

        finding.Causes.ShouldBe([new Cause("hard-examples", 0.4, "per-sample-loss")]);
        finding.Notes.ShouldContain(n => n.Contains("no cause was confirmed", StringComparison.Ordinal));
        finding.Confirmation.ShouldBe("");
    }

    [Fact]
    public void A_confirmed_cause_without_a_check_of_its_own_is_told_with_the_symptom()
    {
        var finding = Diagnose([.. ThreeSeeds(SingleBatchVerdict.Oscillates), Experiment("batch-not-frozen", ExperimentOutcome.Confirmed)]).Findings.ShouldHaveSingleItem();

        finding.Code.ShouldBe("PES903");
        finding.Causes.ShouldBe([new Cause("batch-not-frozen", 1, "some-experiment")]);
        finding.Confirmation.ShouldNotBe("");
    }

    [Fact]
    public void A_batch_that_defeats_a_plain_network_too_is_suspected_only()
    {
        var reference = Experiment("fault-in-data-or-targets", ExperimentOutcome.Consistent, "reference-model");

        var finding = Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus), reference]).Findings.ShouldHaveSingleItem();
        finding.Level.ShouldBe(Level.Warning);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus), reference with { Outcome = ExperimentOutcome.Inconclusive, Cause = null }]).Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Vanishing_gradients_are_suspected_only_where_the_batch_fails()
    {
        var flow = Experiment("vanishing-gradients", ExperimentOutcome.Consistent, "layer-flow");

        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus), flow]).FindingOf("vanishing-gradients").ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Passes), flow]).Findings.ShouldBeEmpty();
        Diagnose(ThreeSeeds(SingleBatchVerdict.Plateaus)).VerdictOf("vanishing-gradients").ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void The_first_place_that_is_not_finite_is_named_and_folded_under_a_cause()
    {
        SingleBatchTried[] bad = [.. Enumerable.Range(0, 3).Select(seed => Tried(SingleBatchVerdict.Explodes, seed, 2.3, double.NaN))];
        var origin = Experiment("non-finite-operation", ExperimentOutcome.Consistent, "first-non-finite");

        var alone = Diagnose([.. bad, origin]);
        alone.Findings.ShouldHaveSingleItem().Code.ShouldBe("PES701");
        alone.Folded.Select(f => f.Code).ShouldBe(["PES301", "PES902"], ignoreOrder: true);
        Diagnose([.. bad, origin, Experiment("learning-rate-too-high", ExperimentOutcome.Confirmed)]).Findings.ShouldHaveSingleItem().Code.ShouldBe("PES501");
        Diagnose(bad).VerdictOf("non-finite-operation").ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(ThreeSeeds(SingleBatchVerdict.Passes)).VerdictOf("non-finite-operation").ShouldBeOfType<Verdict.Passed>();
    }
}
