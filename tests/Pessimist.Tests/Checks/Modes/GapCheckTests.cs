using Pessimist.Checks;
using Pessimist.Checks.Modes;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Tests.Checks.Modes;

/// <summary>Underfitting, overfitting and an overfit validation set read the same decomposition.</summary>
public sealed class GapCheckTests
{
    static Verdict Judge(Check check, double? goal, params DecompositionTerm[] terms) => Diagnose.With([check], Run.Of(
    [
        new TargetChosen { Target = "y", Task = "multi-class", Metric = "error", Goal = goal },
        new DecompositionMeasured { Model = "start", Metric = "error", Terms = terms },
    ])).Verdicts[0].Verdict;

    static DecompositionTerm Term(string name, double value, TermVerdict verdict) => new(name, value, value / 2, value * 1.5, verdict, 0.02);

    [Fact]
    public void A_real_bias_above_a_goal_is_underfitting() =>
        Judge(new Underfitting(new()), 0.01, Term("avoidable-bias", 0.19, TermVerdict.Real)).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Warning);

    [Fact]
    public void Without_a_goal_there_is_no_underfitting() =>
        Judge(new Underfitting(new()), null, Term("avoidable-bias", 0.19, TermVerdict.Real)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_real_gap_is_overfitting_when_the_goal_is_missed() =>
        Judge(new Overfitting(new()), 0.01, Term("irreducible", 0.01, TermVerdict.Real), Term("avoidable-bias", 0, TermVerdict.Negligible), Term("variance", 0.07, TermVerdict.Real))
            .ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Warning);

    [Fact]
    public void A_real_gap_is_silent_when_the_goal_is_met() =>
        Judge(new Overfitting(new()), 0.05, Term("irreducible", 0.05, TermVerdict.Real), Term("avoidable-bias", -0.05, TermVerdict.Negligible), Term("variance", 0.03, TermVerdict.Real))
            .ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_real_gap_without_a_goal_is_a_note_at_most() =>
        Judge(new Overfitting(new()), null, Term("variance", 0.03, TermVerdict.Real)).ShouldBeOfType<Verdict.Found>().Finding.Level.ShouldBe(Level.Note);

    [Fact]
    public void A_test_error_above_the_validation_error_is_an_overfit_validation_set_and_below_it_is_not()
    {
        Judge(new OverfitValidationSet(), null, Term("validation-overfitting", 0.05, TermVerdict.Real)).ShouldBeOfType<Verdict.Found>();
        Judge(new OverfitValidationSet(), null, Term("validation-overfitting", 0.004, TermVerdict.Negligible)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_gap_that_may_be_chance_and_a_gap_not_measured_are_no_evidence()
    {
        Judge(new Overfitting(new()), 0.01, Term("variance", 0.03, TermVerdict.NoEvidence)).ShouldBeOfType<Verdict.NotEnoughEvidence>().Why.ShouldContain("0.02");
        Judge(new Underfitting(new()), 0.01).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Judge(new OverfitValidationSet(), 0.01).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
