using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Model;

/// <summary>PES203 activation-on-output</summary>
public sealed class ActivationOnOutputTests
{
    const string Name = "activation-on-output";

    static LossObserved Regression(long step, string? madeBy, double min, double max, double mean, double std, double value = 1) => new()
    {
        Step = step, Phase = Phase.Train, Kind = "mse", Value = value, Input = Floats(32, 1), Target = Floats(32, 1) with { Min = min, Max = max, Mean = mean, Std = std },
        MadeBy = madeBy, MadeAt = new Site("net.py", 31, "forward"), Site = LossLine,
    };

    [Theory]
    [InlineData("relu", -2.1, 2.3, 0, 1)]
    [InlineData("sigmoid", -2.1, 2.3, 0, 1)]
    [InlineData("tanh", 3, 40, 20, 9)]
    [InlineData("softplus", -30, -2, -9, 4)]
    public void A_bounded_output_for_targets_beyond_it_is_proved(string maker, double min, double max, double mean, double std)
    {
        var finding = Diagnose(Steps(20, s => Regression(s, maker, min, max, mean, std))).FindingOf(Name).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Error);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Location!.Line.ShouldBe(31);
    }

    [Theory]
    [InlineData("linear", -2.1, 2.3, 0, 1)]
    [InlineData("sigmoid", 0, 1, 0.3, 0.3)]
    [InlineData("tanh", -1, 1, -0.2, 0.8)]
    [InlineData("softplus", 0.1, 90, 4, 9)]
    [InlineData("relu", 0, 90, 4, 9)]
    [InlineData("tanh", -0.6, 3, 0.2, 0.5)]
    [InlineData("mul", -2.1, 2.3, 0, 1)]
    [InlineData("elu", -2.1, 2.3, 0, 1)]
    public void Targets_within_reach_and_single_ones_beyond_are_silent(string maker, double min, double max, double mean, double std) =>
        Diagnose(Steps(60, s => Regression(s, maker, min, max, mean, std, Falling(s)))).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Batches_whose_targets_were_not_measured_do_not_speak_for_the_output() =>
        Diagnose(Steps(40, s => s % 10 == 0 ? Regression(s, "relu", -2.1, 2.3, 0, 1) : Regression(s, "relu", 0, 0, 0, 0) with { Target = Floats(32, 1) })).FindingOf(Name).ShouldNotBeNull();

    [Fact]
    public void A_softmax_over_one_unit_is_proved_though_few_calls_are_measured() =>
        Diagnose(Steps(40, s => Regression(s, "softmax", 0, 1, 0.5, 0.5) with { Kind = "bce", Input = s % 10 == 0 ? Floats(32, 1) with { Min = 1, Max = 1 } : Floats(32, 1) })).FindingOf(Name)
            .ShouldNotBeNull().Message.ShouldBe("the output is a softmax over one unit: it is always 1");

    [Fact]
    public void A_single_odd_batch_is_no_proof() =>
        Diagnose(Steps(20, s => s == 3 ? Regression(s, "sigmoid", 0.5, 4, 2, 1) : Regression(s, "sigmoid", 0, 1, 0.5, 0.2))).FindingOf(Name).ShouldBeNull();

    static LossObserved Labels(long step, string kind, string maker, long classes, double mean, double? min = 0, double? max = 1) => new()
    {
        Step = step, Phase = Phase.Train, Kind = kind, Value = 0.6, Input = Floats(32, classes) with { Min = min, Max = max }, Target = Floats(32, classes) with { Mean = mean, Std = 0.4, Min = 0, Max = 1 },
        MadeBy = maker, Site = LossLine,
    };

    [Fact]
    public void A_softmax_over_one_unit_is_proved() =>
        Diagnose(Steps(5, s => Labels(s, "bce", "softmax", 1, 0.5, 1, 1))).FindingOf(Name).ShouldNotBeNull().Message.ShouldBe("the output is a softmax over one unit: it is always 1");

    [Fact]
    public void A_softmax_for_several_labels_is_proved() => Diagnose(Steps(5, s => Labels(s, "bce", "softmax", 20, 0.15))).FindingOf(Name).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void A_softmax_before_logits_is_proved() => Diagnose(Steps(5, s => Labels(s, "bce-with-logits", "softmax", 20, 0.05))).FindingOf(Name).ShouldNotBeNull();

    [Theory]
    [InlineData("sigmoid", 20, 0.15)]
    [InlineData("sigmoid", 1, 0.5)]
    [InlineData("softmax", 20, 0.05)]
    [InlineData("softmax", 2, 0.5)]
    public void Sigmoids_and_a_softmax_over_one_hot_labels_are_silent(string maker, long classes, double mean) => Diagnose(Steps(60, s => Labels(s, "bce", maker, classes, mean))).FindingOf(Name).ShouldBeNull();

    [Fact]
    public void Rectified_logits_are_suspected_while_nothing_is_learned_and_noted_where_it_is()
    {
        Diagnose(Steps(60, s => CrossEntropy(s, Logits, Math.Log(10), "relu"))).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        Diagnose(Steps(200, s => CrossEntropy(s, Logits, Falling(s), "relu"))).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Note);
    }

    [Fact]
    public void Nobody_knows_without_the_maker()
    {
        Diagnose(Steps(20, s => Regression(s, null, -2, 2, 0, 1))).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
