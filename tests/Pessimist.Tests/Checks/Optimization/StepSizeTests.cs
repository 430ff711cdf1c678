using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Optimization;

/// <summary>PES501, PES502 and PES508 in watched programs: suspicions from the length of the steps.</summary>
public sealed class StepSizeTests
{
    const string High = "learning-rate-too-high";
    const string Low = "learning-rate-too-low";
    const string Decay = "excessive-weight-decay";

    static IEnumerable<Observation> Steps(double ratio, int count = 30, Func<int, double>? weight = null) => Enumerable.Range(0, count).Select(step =>
    {
        var norm = weight?.Invoke(step) ?? 5;
        return new ParametersMeasured { Step = step, Parameters = [new ParameterMeasure("fc.weight", norm, 1, ratio * norm), new ParameterMeasure("fc.bias", 0, 1, ratio)] };
    });

    [Fact]
    public void Steps_of_half_the_weights_are_a_suspicion_with_a_symptom()
    {
        var finding = Diagnose([.. Steps(0.5), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(High).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Warning, EvidenceClass.Suspected, 50));
        finding.Message.ShouldBe("a step moves the weights by 0.5 of their norm: the learning rate 0.1 may be too high");
        Diagnose([.. Steps(0.5), .. Loop(60)]).VerdictOf(High).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Steps(0.02), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(High).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Shorter_steps_under_which_the_weights_grow_are_a_suspicion_with_a_symptom()
    {
        // Up to four times, and down again under decay.
        static double Grows(int step) => 5 * Math.Min(1 + step / 5.0, Math.Max(1, 4 - (step - 15) / 5.0));
        Diagnose([.. Steps(0.08, weight: Grows), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(High).ShouldNotBeNull().Message.ShouldBe("the weights grew to 4 times their first norm, in steps of 0.08 of it: the learning rate 0.1 may be too high");
        Diagnose([.. Steps(0.08, weight: Grows), .. Loop(60)]).FindingOf(High).ShouldBeNull();
        Diagnose([.. Steps(0.08), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(High).ShouldBeNull();
        Diagnose([.. Steps(0.02, weight: Grows), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(High).ShouldBeNull();
    }

    [Fact]
    public void An_experiment_that_is_only_consistent_does_not_silence_them_and_one_that_refutes_does()
    {
        Observation[] program = [.. Steps(0.5), .. Loop(60, loss: StaysAtGuessing), .. ThreeSeeds(SingleBatchVerdict.Explodes)];
        Diagnose([.. program, Experiment(High, ExperimentOutcome.Consistent)]).FindingOf(High).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        Diagnose([.. program, Experiment(High, ExperimentOutcome.Refuted)]).FindingOf(High).ShouldBeNull();
    }

    [Fact]
    public void Steps_of_a_millionth_are_a_suspicion_with_a_symptom()
    {
        Diagnose([.. Steps(1e-6), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Low).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Warning), f => f.Message.ShouldBe("a step moves the weights by 1e-6 of their norm: the learning rate 0.1 may be too low"));
        Diagnose([.. Steps(1e-6), .. Loop(60)]).VerdictOf(Low).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Steps(1e-3), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Low).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Steps(1e-6, 3), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Low).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_warm_up_that_has_just_begun_is_not_too_low() =>
        Diagnose([.. Steps(1e-6), .. Loop(60, loss: StaysAtGuessing, rate: step => 1e-6 * (step + 1))]).VerdictOf(Low).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Theory]
    [InlineData("Adam", 5, true)]
    [InlineData("AdamW", 5, false)]
    [InlineData("Adam", 0.01, false)]
    public void A_decay_that_outweighs_the_gradient_from_the_start_is_a_suspicion_with_a_symptom(string optimizer, double decay, bool suspected)
    {
        var program = new List<Observation> { Decays(decay) with { Type = optimizer } };
        program.AddRange(Steps(1e-3));
        Diagnose([.. program, .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Decay).ShouldBeOfType(suspected ? typeof(Verdict.Found) : typeof(Verdict.Passed));
        Diagnose([.. program, .. Loop(60)]).VerdictOf(Decay).ShouldBeOfType<Verdict.Passed>();
    }

    static OptimizerBuilt Decays(double decay) => Optimizer(0, "SGD") with { Groups = [new OptimizerGroup(0.1, ["fc.weight"], decay)] };

    [Fact]
    public void Weights_that_shrink_under_decay_are_a_suspicion_with_a_symptom()
    {
        static double Shrinks(int step) => 5 * Math.Pow(0.8, step);
        Diagnose([Decays(1), .. Steps(1e-3, weight: Shrinks), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Decay).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Warning), f => f.Location!.Line.ShouldBe(10));
        Diagnose([Decays(1), .. Steps(1e-3, weight: Shrinks), .. Loop(60)]).VerdictOf(Decay).ShouldBeOfType<Verdict.Passed>();
        Diagnose([Decays(0.01), .. Steps(1e-3), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Decay).ShouldBeOfType<Verdict.Passed>();
        Diagnose([Decays(0), .. Steps(1e-3, weight: Shrinks), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Decay).ShouldBeOfType<Verdict.NotApplicable>();
    }
}
