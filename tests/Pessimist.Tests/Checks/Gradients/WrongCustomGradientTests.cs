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

    static GradientCompared Seen(double wrong, bool forgets = false, string function = "Swish") => new()
    {
        Step = 0, Function = function, Points = 1000, Wrong = wrong, IgnoresIncoming = forgets, Element = 0.5, Slope = 0.7, Gradient = 0.6, Site = new Site("net.py", 19, "backward"),
    };

    [Fact]
    public void A_backward_pass_that_was_seen_to_be_wrong_is_told_at_its_line()
    {
        var finding = Diagnose([.. Loop(60, loss: StaysAtGuessing), Seen(0.9), Seen(0.8)]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Error, EvidenceClass.Proved, 19));
        finding.Message.ShouldBe("the backward pass of Swish is not the derivative of its forward pass");
        finding.Evidence[0].Measured.ShouldBe("90% of 1000");
        Diagnose([.. Loop(60, loss: StaysAtGuessing), Seen(1, forgets: true)]).FindingOf(Name).ShouldNotBeNull().Message.ShouldBe("the backward pass of Swish leaves out the gradient that comes in");
    }

    [Fact]
    public void One_that_learns_all_the_same_is_a_warning() => Diagnose([.. Loop(60), Seen(0.9)]).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Warning);

    [Fact]
    public void One_that_differs_at_few_elements_or_in_one_call_only_passes()
    {
        Diagnose([.. Loop(60, loss: StaysAtGuessing), Seen(0.1)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Loop(60, loss: StaysAtGuessing), Seen(0.9), Seen(0.1)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
    }
}
