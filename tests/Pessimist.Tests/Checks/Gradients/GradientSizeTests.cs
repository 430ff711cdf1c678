using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Gradients;

/// <summary>PES401, PES402, PES403 and PES406: what the sizes of gradients say in a watched program.</summary>
public sealed class GradientSizeTests
{
    const string NotFinite = "gradient-not-finite";
    const string Vanishing = "vanishing-gradients";
    const string Exploding = "exploding-gradients";
    const string Clipped = "always-clipped-gradients";

    static readonly string[] s_layers = ["fc1.weight", "fc2.weight", "fc3.weight", "fc4.weight"];

    /// <summary>Four layers, measured at twenty steps.</summary>
    static IEnumerable<Observation> Layers(Func<int, double> gradient, int steps = 20) =>
    [
        .. s_layers.Select(n => Parameter(n, 1, [0])),
        .. Enumerable.Range(0, steps).Select(step => new ParametersMeasured { Step = step, Parameters = [.. s_layers.Select((n, i) => new ParameterMeasure(n, 1, gradient(i), 1e-3))] }),
    ];

    static ParametersMeasured Measured(long step, double? gradient = 1, long bad = 0, double weight = 1) => new() { Step = step, Parameters = [new ParameterMeasure("fc1.weight", weight, gradient, NonFinite: bad)] };

    [Fact]
    public void A_step_with_NaN_in_the_gradient_is_found()
    {
        var finding = Diagnose([.. Loop(30), Measured(9), Measured(10, double.NaN, 3), Measured(11, double.NaN, 16, double.NaN)]).FindingOf(NotFinite).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Error, EvidenceClass.Confirmed, 50));
        finding.Message.ShouldBe("the step after 10 others was taken with NaN or infinity in the gradient of 'fc1.weight'");
    }

    [Fact]
    public void Steps_that_a_scaler_skips_and_gradients_that_are_mended_pass()
    {
        Diagnose([.. Loop(1, "Z B K"), Measured(0, double.PositiveInfinity, 3), .. Loop(30)]).VerdictOf(NotFinite).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Loop(30), Measured(10, double.NaN, 3), Measured(20)]).VerdictOf(NotFinite).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Loop(30), Measured(10)]).VerdictOf(NotFinite).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Loop(30)).VerdictOf(NotFinite).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_gradient_that_fades_over_the_layers_is_a_suspicion_with_a_symptom()
    {
        var finding = Diagnose([.. Layers(i => Math.Pow(10, 2 * i - 8)), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Vanishing).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Warning, EvidenceClass.Suspected));
        finding.Message.ShouldBe("the gradient vanishes: 1e-2 at fc4.weight, 1e-8 at fc1.weight");
    }

    [Fact]
    public void Short_steps_follow_from_a_gradient_that_fades_and_not_the_other_way()
    {
        var steps = Layers(i => Math.Pow(10, 2 * i - 8)).Select(r => r is ParametersMeasured m ? m with { Parameters = [.. m.Parameters.Select(p => p with { Update = 1e-8 })] } : r);
        var result = Diagnose([.. steps, .. Loop(60, loss: StaysAtGuessing)]);

        result.Findings[0].Code.ShouldBe("PES402");
        result.Folded.ShouldContain(f => f.Code == "PES502");
    }

    [Fact]
    public void A_gradient_that_fades_in_a_network_that_learns_passes()
    {
        Diagnose([.. Layers(i => Math.Pow(10, 2 * i - 8)), .. Loop(60)]).VerdictOf(Vanishing).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Layers(i => Math.Pow(3, i)), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Vanishing).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Layers(i => Math.Pow(10, 2 * i - 8), steps: 2), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Vanishing).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_gradient_that_grows_over_the_layers_is_a_suspicion_with_a_symptom()
    {
        Diagnose([.. Layers(i => Math.Pow(10, 6 - 2 * i)), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Exploding).ShouldNotBeNull().Message.ShouldBe("the gradient grows from 1e0 at fc4.weight to 1e6 at fc1.weight");
        Diagnose([.. Layers(i => Math.Pow(10, 6 - 2 * i)), .. Loop(60)]).VerdictOf(Exploding).ShouldBeOfType<Verdict.Passed>();
    }

    static IEnumerable<Observation> Norms(Func<int, double> norm, Func<int, double> loss) =>
        Loop(60, loss: loss).Select(r => r is LoopEvent { Action: LoopAction.Backward } backward ? backward with { Gradient = norm((int)backward.Step) } : r);

    [Fact]
    public void A_gradient_that_grows_over_the_steps_is_a_suspicion_with_a_symptom()
    {
        static double Grows(int step) => Math.Pow(2, step);
        static double Rises(int step) => 2.3 + step;
        var finding = Diagnose(Norms(Grows, Rises)).FindingOf(Exploding).ShouldNotBeNull();

        (finding.EvidenceClass, finding.Location!.Line).ShouldBe((EvidenceClass.Suspected, 40));
        Diagnose(Norms(Grows, Falls)).VerdictOf(Exploding).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_gradient_that_is_huge_from_the_start_is_told_before_the_loss_that_breaks()
    {
        static double Breaks(int step) => step == 0 ? 5e13 : double.NaN;
        var findings = Diagnose(Norms(step => step == 0 ? 7e15 : double.NaN, Breaks)).Findings;

        findings.Select(f => (f.Code, f.Level)).ShouldBe([("PES403", Level.Warning), ("PES301", Level.Error)]);
        findings[0].Message.ShouldBe("the gradient of the untrained network is 7e15: values grow out of bounds on their way through it");
    }

    [Fact]
    public void The_size_of_a_gradient_says_nothing()
    {
        // A loss summed over ten thousand elements.
        Diagnose(Norms(_ => 3e5, step => 1e4 * StaysAtGuessing(step))).VerdictOf(Exploding).ShouldBeOfType<Verdict.Passed>();
        // From next to nothing to little.
        Diagnose(Norms(step => 1e-9 * Math.Pow(2, step / 2.0), StaysAtGuessing)).VerdictOf(Exploding).ShouldBeOfType<Verdict.Passed>();
        Diagnose().VerdictOf(Exploding).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static IEnumerable<Observation> Clip(int steps, double norm) =>
        Loop(steps).Select(r => r is LoopEvent { Action: LoopAction.OptimizerStep } step ? step with { ClippedTo = 1, ClippedFrom = norm } : r);

    [Fact]
    public void Clipping_that_always_cuts_deep_is_a_note()
    {
        Diagnose(Clip(100, 40)).FindingOf(Clipped).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Note), f => f.Message.ShouldBe("clipping to 1 cuts 100% of the gradients, to 1/40 of their norm in the median"));
        Diagnose(Clip(100, 1.7)).VerdictOf(Clipped).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Clip(100, 0.3)).VerdictOf(Clipped).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Clip(20, 40)).VerdictOf(Clipped).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(Loop(100)).VerdictOf(Clipped).ShouldBeOfType<Verdict.NotApplicable>();
    }
}
