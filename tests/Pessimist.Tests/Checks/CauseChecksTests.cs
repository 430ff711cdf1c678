using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks;

/// <summary>PES209, PES210, PES211, PES308, PES501, PES502, PES508, PES703: found when an experiment confirmed them, and only then.</summary>
public sealed class CauseChecksTests
{
    public static TheoryData<string> Names => ["symmetric-initialization", "initialization-scale", "excessive-dropout", "loss-sign-flipped",
        "learning-rate-too-high", "learning-rate-too-low", "excessive-weight-decay", "precision-too-low"];

    [Theory, MemberData(nameof(Names))]
    public void A_confirmed_cause_is_the_one_finding_and_folds_the_symptom(string name)
    {
        var result = Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus), Experiment(name, ExperimentOutcome.Confirmed)]);

        var finding = result.Findings.ShouldHaveSingleItem();
        finding.Name.ShouldBe(name);
        finding.Level.ShouldBe(Level.Error);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Confirmed);
        finding.Message.ShouldContain("plateaus");
        finding.Confirmation.ShouldBe("undone, the batch is fitted");
        finding.Fixes.ShouldNotBeEmpty();
        finding.Explains.ShouldBe(["PES904"]);
        result.Folded.ShouldHaveSingleItem().Code.ShouldBe("PES904");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_cause_that_is_only_consistent_is_no_finding(string name)
    {
        var result = Diagnose([.. ThreeSeeds(SingleBatchVerdict.Oscillates), Experiment(name, ExperimentOutcome.Consistent)]);

        result.VerdictOf(name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        result.Findings.ShouldHaveSingleItem().Code.ShouldBe("PES903");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_fitted_batch_passes(string name) =>
        Diagnose(ThreeSeeds(SingleBatchVerdict.Passes)).VerdictOf(name).ShouldBeOfType<Verdict.Passed>();

    [Theory, MemberData(nameof(Names))]
    public void A_refuted_cause_passes_with_the_reading(string name) =>
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus), Experiment(name, ExperimentOutcome.Refuted)])
            .VerdictOf(name).ShouldBe(new Verdict.Passed("the reading"));

    [Theory, MemberData(nameof(Names))]
    public void Without_a_single_batch_there_is_no_evidence(string name) =>
        Diagnose().VerdictOf(name).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Theory, MemberData(nameof(Names))]
    public void What_was_confirmed_for_another_stage_is_not_its_business(string name) =>
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Passes), Experiment(name, ExperimentOutcome.Confirmed, stage: "initial-loss")])
            .Findings.ShouldBeEmpty();

    [Fact]
    public void The_learning_rate_comes_with_the_proven_value()
    {
        var experiment = Experiment("learning-rate-too-high", ExperimentOutcome.Confirmed) with { Found = 10, Proven = 3e-4 };
        var finding = Diagnose([.. ThreeSeeds(SingleBatchVerdict.Explodes), experiment]).FindingOf("learning-rate-too-high").ShouldNotBeNull();

        finding.Message.ShouldBe("the learning rate 10 is too high: the single batch explodes");
        finding.Evidence[0].ShouldBe(new Evidence("learning rate", "10", "works: 3e-4", "confirmed by experiment"));
    }

    [Fact]
    public void Two_confirmed_causes_are_two_findings_that_name_each_other()
    {
        var result = Diagnose([.. ThreeSeeds(SingleBatchVerdict.Plateaus),
            Experiment("loss-sign-flipped", ExperimentOutcome.Confirmed), Experiment("learning-rate-too-low", ExperimentOutcome.Confirmed)]);

        result.Findings.Select(f => f.Name).ShouldBe(["loss-sign-flipped", "learning-rate-too-low"], ignoreOrder: true);
        result.Findings.ShouldAllBe(f => f.Notes.Any(n => n.Contains("mend both", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_training_that_diverges_after_a_fitted_batch_is_a_suspicion()
    {
        var ended = new TrainingEnded { Phase = "train", Ending = TrainingEnding.Diverged, InitialLoss = 2.3, FinalLoss = 40 };

        var finding = Diagnose([.. ThreeSeeds(SingleBatchVerdict.Passes), ended]).FindingOf("learning-rate-too-high").ShouldNotBeNull();
        finding.Level.ShouldBe(Level.Warning);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Passes), ended with { Phase = "tune" }]).Findings.ShouldBeEmpty();
        Diagnose([.. ThreeSeeds(SingleBatchVerdict.Passes), ended with { Ending = TrainingEnding.EarlyStopped }]).Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_rate_is_to_blame_where_the_optimizer_was_built()
    {
        var built = Loops.Optimizer(0, "Adam", "fc.weight");
        var step = new LoopEvent { Action = LoopAction.OptimizerStep, Step = 0, Subject = 0, LearningRate = 10, Site = Loops.Line(50) };
        var confirmed = Experiment("learning-rate-too-high", ExperimentOutcome.Confirmed) with { Found = 10, Proven = 3e-4 };

        Diagnose([built, step, .. ThreeSeeds(SingleBatchVerdict.Explodes), confirmed]).FindingOf("learning-rate-too-high")!.Location!.Line.ShouldBe(built.Site!.Line);
        Diagnose([step, .. ThreeSeeds(SingleBatchVerdict.Explodes), confirmed]).FindingOf("learning-rate-too-high")!.Location!.Line.ShouldBe(50);
    }
}
