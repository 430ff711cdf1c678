using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Loss;

/// <summary>PES304 and PES305: logits and probabilities in each other's place.</summary>
public sealed class ProbabilityLossTests
{
    const string Sigmoid = "sigmoid-before-bce-with-logits", Raw = "logits-to-probability-loss";

    static readonly PredictionFacts s_unit = new(0, 0, 1, 1, 0);

    static LossObserved Binary(long step, string? madeBy, PredictionFacts prediction, double value = 0.69) => new()
    {
        Step = step, Phase = Phase.Train, Kind = "bce-with-logits", Value = value, Input = Floats(32, 1), Target = Floats(32, 1) with { Mean = 0.5, Std = 0.5, Min = 0, Max = 1 },
        Prediction = prediction, MadeBy = madeBy, MadeAt = new Site("net.py", 12), Site = LossLine,
    };

    static LossObserved Of(string kind, long step, string? madeBy, PredictionFacts prediction, double value = 1) => Binary(step, madeBy, prediction, value) with { Kind = kind, Input = Floats(32, 10), Target = Ids(32, 9) };

    [Fact]
    public void A_sigmoid_is_proved_by_what_made_the_scores()
    {
        var finding = Diagnose(Steps(30, s => Binary(s, "sigmoid", s_unit))).FindingOf(Sigmoid).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Error);
        (finding.Location!.File, finding.Location.Line).ShouldBe(("net.py", 12));
        finding.Related.ShouldHaveSingleItem().Line.ShouldBe(57);
        finding.Fixes[0].ShouldContain("net.py:12");
    }

    [Fact]
    public void Scores_between_0_and_1_of_unknown_origin_are_a_suspicion_while_nothing_is_learned() =>
        Diagnose(Steps(60, s => Binary(s, null, s_unit))).FindingOf(Sigmoid).ShouldNotBeNull().Level.ShouldBe(Level.Warning);

    [Fact]
    public void They_are_silent_while_something_is_learned() =>
        Diagnose(Steps(60, s => Binary(s, null, s_unit, Falling(s, 0.69)))).VerdictOf(Sigmoid).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Theory]
    [InlineData("hardtanh")]
    [InlineData("mul")]
    [InlineData("cosine_similarity")]
    public void Scores_between_0_and_1_that_no_sigmoid_made_are_silent(string maker) =>
        Diagnose(Steps(60, s => Binary(s, maker, s_unit))).FindingOf(Sigmoid).ShouldBeNull();

    [Fact]
    public void Bce_after_a_sigmoid_is_right() => Diagnose(Steps(60, s => Binary(s, "sigmoid", s_unit, Falling(s, 0.69)) with { Kind = "bce" })).Findings.ShouldBeEmpty();

    [Fact]
    public void Nobody_knows_without_values() => Diagnose().VerdictOf(Sigmoid).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Raw_scores_in_nll_are_proved_though_the_loss_falls()
    {
        var finding = Diagnose(Steps(60, s => Of("nll", s, "linear", Logits, -s))).FindingOf(Raw).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldBe("raw scores are given to the negative log-likelihood, which expects log-probabilities");
    }

    [Fact]
    public void A_softmax_without_logarithm_in_nll_is_proved() =>
        Diagnose(Steps(6, s => Of("nll", s, "softmax", Probabilities, -0.1))).FindingOf(Raw).ShouldNotBeNull().Message.ShouldStartWith("probabilities are given");

    [Fact]
    public void Probabilities_in_the_KL_divergence_are_proved() => Diagnose(Steps(6, s => Of("kl-div", s, null, Probabilities))).FindingOf(Raw).ShouldNotBeNull();

    [Theory]
    [InlineData("log_softmax")]
    [InlineData("log")]
    [InlineData("logsigmoid")]
    public void Log_probabilities_are_right(string maker) => Diagnose(Steps(60, s => Of("nll", s, maker, LogProbabilities))).FindingOf(Raw).ShouldBeNull();

    [Fact]
    public void Log_probabilities_times_a_reward_may_be_positive() =>
        Diagnose(Steps(60, s => Of("nll", s, "mul", new PredictionFacts(0, 0, 0.5, 0, 0)))).FindingOf(Raw).ShouldBeNull();

    [Fact]
    public void A_KL_divergence_along_the_last_of_three_dimensions_is_right() =>
        Diagnose(Steps(60, s => Of("kl-div", s, "log_softmax", new PredictionFacts(0, 0, 0, 0, 0)))).FindingOf(Raw).ShouldBeNull();

    [Fact]
    public void A_refusal_of_raw_scores_is_explained()
    {
        var finding = Diagnose(Refused(-2.1, 3.4)).FindingOf(Raw).ShouldNotBeNull();

        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Location!.Line.ShouldBe(57);
        finding.Evidence[0].Measured.ShouldBe("-2.1 to 3.4");
    }

    [Fact]
    public void A_refusal_of_NaN_is_another_matter() =>
        Diagnose(Refused(0.1, 0.9) with { Inputs = [Floats(32, 1) with { NonFinite = 32 }] }).VerdictOf(Raw).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    static ExceptionRaised Refused(double min, double max) => new()
    {
        Type = "RuntimeError", Message = "all elements of input should be between 0 and 1", Operation = "binary_cross_entropy",
        Inputs = [Floats(32, 1) with { Min = min, Max = max, NonFinite = 0 }], Stack = [LossLine],
    };
}
