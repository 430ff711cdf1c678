using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Gradients;

public sealed class WrongCustomGradientTests
{
    const string Name = "wrong-custom-gradient";

    static ExperimentFinished Compared(ExperimentOutcome outcome) =>
        Experiment(Name, outcome, "numeric-gradient", "program") with { Reading = "20 slopes differ from the gradient by 0.7", Measured = new Dictionary<string, double> { ["relative error"] = 0.7 } };

    [Fact]
    public void A_gradient_that_is_not_the_slope_is_an_error_while_the_loss_stands_still()
    {
        var finding = Diagnose([.. Loop(60, loss: StaysAtGuessing), Compared(ExperimentOutcome.Confirmed)]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved));
        finding.Message.ShouldBe("the gradient is not the slope of the loss: 20 slopes differ from the gradient by 0.7");
    }

    [Fact]
    public void A_straight_through_estimator_that_learns_is_a_note() =>
        Diagnose([.. Loop(60), Compared(ExperimentOutcome.Confirmed)]).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Note);

    [Fact]
    public void A_gradient_that_agrees_passes_and_one_that_was_not_compared_is_not_known()
    {
        Diagnose([.. Loop(60, loss: StaysAtGuessing), Compared(ExperimentOutcome.Refuted)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Loop(60, loss: StaysAtGuessing), Compared(ExperimentOutcome.Consistent)]).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(Loop(60, loss: StaysAtGuessing)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
