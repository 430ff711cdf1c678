using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Loss;

/// <summary>PES309 loss-without-gradient</summary>
public sealed class LossWithoutGradientTests
{
    const string Name = "loss-without-gradient";

    static LossObserved Custom(long step, bool? reaches, double value = 0.9) =>
        new() { Step = step, Phase = Phase.Train, Kind = "custom", Value = value, ReachesParameters = reaches, Site = LossLine };

    static ExceptionRaised Refused => new()
    {
        Type = "RuntimeError", Message = "element 0 of tensors does not require grad and does not have a grad_fn", Stack = [new Site("train.py", 58)],
    };

    [Fact]
    public void A_loss_that_depends_on_no_parameter_is_proved_and_the_cut_is_named()
    {
        var build = new TraceBuilder();
        var scores = build.Linear(build.Input(32, 8), "head", 10);
        var classes = build.Op("argmax", [scores], [32], dimension: 1, dtype: "int64", gradient: false);
        build.Op("mean", [build.Op("eq", [classes, build.Target(32)], [32], dtype: "bool")], []);

        var finding = Diagnose([.. build.Operations, .. Steps(30, s => Custom(s, false))]).FindingOf(Name).ShouldNotBeNull();

        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Level.ShouldBe(Level.Error);
        finding.Related.ShouldHaveSingleItem().Message.ShouldContain("argmax");
        finding.Evidence[0].Measured.ShouldBe("0 of 30");
    }

    [Fact]
    public void A_backward_pass_that_is_refused_is_explained() => Diagnose(Refused).FindingOf(Name).ShouldNotBeNull().Location!.Line.ShouldBe(58);

    [Fact]
    public void A_loss_that_is_only_printed_beside_the_one_that_trains_is_silent() =>
        Diagnose(Steps(60, s => s % 2 == 0 ? Custom(s, false) : Custom(s, true, Falling(s)))).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Theory]
    [InlineData(30, true)]
    [InlineData(10, false)]
    public void One_of_two_phases_may_train_nothing(int steps, bool isFound) =>
        (Diagnose([.. Steps(steps, s => Custom(s, false) with { Site = new Site("train.py", 7) }), .. Steps(60, s => Custom(s, true, Falling(s)))]).FindingOf(Name)?.Location?.Line == 7).ShouldBe(isFound);

    [Fact]
    public void A_picture_that_is_optimized_is_silent() => Diagnose(
    [
        new OptimizerBuilt { Optimizer = 0, Type = "LBFGS", Groups = [new OptimizerGroup(1, [], Strangers: 1)] },
        .. Steps(60, s => Custom(s, false, Falling(s))),
    ]).VerdictOf(Name).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void An_evaluation_without_gradients_is_silent() =>
        Diagnose(Enumerable.Range(0, 30).Select(s => Custom(s, false) with { Phase = Phase.Evaluate })).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Nobody_knows_where_nobody_looked() => Diagnose(Steps(30, s => Custom(s, null))).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
