using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Loss;

/// <summary>PES302 and PES303: what cross-entropy is given.</summary>
public sealed class SoftmaxBeforeCrossEntropyTests
{
    const string Softmax = "softmax-before-cross-entropy", LogSoftmax = "log-softmax-before-cross-entropy";

    [Fact]
    public void A_softmax_is_proved_by_what_made_the_scores()
    {
        var finding = Diagnose(Steps(30, s => CrossEntropy(s, Probabilities, 2.2, "softmax"))).FindingOf(Softmax).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Error);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        // The line to change.
        finding.Location!.Line.ShouldBe(31);
        finding.Related.ShouldHaveSingleItem().Line.ShouldBe(57);
        finding.Evidence[0].Measured.ShouldBe("30 of 30 batches");
        finding.Evidence.ShouldContain(e => e.Measured == "1.461");
    }

    [Fact]
    public void A_network_that_learns_in_spite_of_it_is_told_too() =>
        Diagnose(Steps(200, s => CrossEntropy(s, Probabilities, 1.47 + Falling(s, 0.8), "softmax"))).FindingOf(Softmax).ShouldNotBeNull();

    [Fact]
    public void Rows_that_sum_to_1_in_every_batch_are_proof_without_a_maker() =>
        Diagnose(Steps(30, s => CrossEntropy(s, Probabilities, madeBy: "div"))).FindingOf(Softmax).ShouldNotBeNull().Message.ShouldStartWith("probabilities are given");

    [Fact]
    public void Half_precision_rounds_the_sums() =>
        Diagnose(Steps(3, s => CrossEntropy(s, new PredictionFacts(0.9, 0, 1, 1, 0), madeBy: "_softmax"))).FindingOf(Softmax).ShouldNotBeNull();

    [Fact]
    public void Logits_are_silent() => Diagnose(Steps(30, s => CrossEntropy(s, Logits, madeBy: "linear"))).VerdictOf(Softmax).ShouldBeOfType<Verdict.Passed>();

    /// <summary>Zero-initialized scores plus a bias may sum to 1 once; a single batch with few rows may do so by chance.</summary>
    [Fact]
    public void One_batch_whose_rows_sum_to_1_is_a_coincidence() =>
        Diagnose(Steps(30, s => CrossEntropy(s, s == 0 ? Probabilities : Logits))).VerdictOf(Softmax).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_softmax_over_another_dimension_is_another_finding() =>
        Diagnose(Steps(30, s => CrossEntropy(s, new PredictionFacts(0, 1, 1, 1, 0), madeBy: "softmax"))).FindingOf(Softmax).ShouldBeNull();

    [Fact]
    public void Probabilities_as_targets_of_a_distillation_are_right() =>
        Diagnose(Steps(30, s => CrossEntropy(s, Logits, madeBy: "linear") with { Target = Floats(32, 10) with { Role = "target" }, LabelSmoothing = 0.1 })).FindingOf(Softmax).ShouldBeNull();

    [Fact]
    public void Attention_inside_of_the_network_is_no_concern()
    {
        var build = new TraceBuilder();
        var weights = build.Op("softmax", build.Linear(build.Input(32, 8, 16), "attention", 8), dimension: 2);
        build.Linear(build.Op("matmul", [weights, build.Input(32, 8, 16)], [32, 8, 16]), "head", 10);

        Diagnose([.. build.Operations, .. Steps(30, s => CrossEntropy(s, Logits, madeBy: "linear"))]).FindingOf(Softmax).ShouldBeNull();
    }

    [Fact]
    public void Nll_after_log_softmax_is_silent() =>
        Diagnose(Steps(30, s => CrossEntropy(s, LogProbabilities, Falling(s), "log_softmax") with { Kind = "nll" })).Findings.ShouldBeEmpty();

    [Fact]
    public void A_few_values_are_not_enough()
    {
        Diagnose(Steps(3, s => CrossEntropy(s, Probabilities))).VerdictOf(Softmax).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(Steps(30, s => CrossEntropy(s, null))).VerdictOf(Softmax).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Softmax).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Without_cross_entropy_it_does_not_apply() =>
        Diagnose(Steps(30, s => CrossEntropy(s, Logits) with { Kind = "mse" })).VerdictOf(Softmax).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void A_double_log_softmax_is_a_note()
    {
        var result = Diagnose(Steps(30, s => CrossEntropy(s, LogProbabilities, Falling(s), "log_softmax")));

        result.FindingOf(LogSoftmax).ShouldNotBeNull().Level.ShouldBe(Level.Note);
        result.FindingOf(Softmax).ShouldBeNull();
    }

    [Fact]
    public void The_logarithm_of_a_mixture_is_silent() =>
        Diagnose(Steps(30, s => CrossEntropy(s, LogProbabilities, Falling(s), "log"))).Findings.ShouldBeEmpty();
}
