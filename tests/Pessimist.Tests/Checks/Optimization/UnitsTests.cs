using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Optimization;

/// <summary>PES506 and PES507.</summary>
public sealed class UnitsTests
{
    const string Dead = "dead-units";
    const string Saturated = "saturated-units";

    static Observation[] Layer(int? dead = null, int? saturated = null, int batches = 20, int units = 64, string type = "ReLU", double first = 0, double last = 0) =>
    [
        new ModuleBuilt { Name = "act", Type = type, Site = new Site("net.py", 7) },
        new ActivationsMeasured { Step = 0, Modules = [new ModuleMeasure("act", type, 0, 1, 1, 0.7, 0, units, dead, first, saturated)] },
        new ActivationsMeasured { Step = batches, Modules = [new ModuleMeasure("act", type, 0, 1, 1, 0.7, 0, units, dead, last, saturated, batches)] },
    ];

    [Fact]
    public void A_layer_saturated_all_over_from_the_start_is_noted_though_the_loss_falls()
    {
        Diagnose([.. Layer(saturated: 0, type: "Tanh", first: 0.97, last: 0.96), .. Loop(60)]).FindingOf(Saturated).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Note), f => f.Message.ShouldBe("96% of the outputs of act (Tanh) are saturated, from the first step on"));
        Diagnose([.. Layer(saturated: 0, type: "Tanh", first: 0.97, last: 0.96), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Saturated).ShouldNotBeNull().Level.ShouldBe(Level.Warning);
        // A classifier that has become sure.
        Diagnose([.. Layer(saturated: 0, type: "Sigmoid", first: 0, last: 0.96), .. Loop(60)]).VerdictOf(Saturated).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Layer(saturated: 0, type: "Sigmoid", units: 1, first: 0.97, last: 0.96), .. Loop(60)]).VerdictOf(Saturated).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_dead_layer_is_proved_while_the_loss_stands_still()
    {
        var finding = Diagnose([.. Layer(64), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Dead).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Message).ShouldBe((Level.Warning, EvidenceClass.Proved, "every unit of act (ReLU) is dead"));
        (finding.Location!.File, finding.Location.Line, finding.Location.Module).ShouldBe(("net.py", 7, "act"));
    }

    [Fact]
    public void Most_units_dead_are_a_suspicion_with_a_symptom_and_silent_without()
    {
        Diagnose([.. Layer(40), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Dead).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        Diagnose([.. Layer(40), .. Loop(60)]).VerdictOf(Dead).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Layer(40), .. Loop(60, loss: _ => 0.7, kind: "custom")]).VerdictOf(Dead).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_dead_branch_of_a_network_that_learns_is_a_note() => Diagnose([.. Layer(64), .. Loop(60)]).FindingOf(Dead).ShouldNotBeNull().Level.ShouldBe(Level.Note);

    [Fact]
    public void Sparse_activity_is_healthy() => Diagnose([.. Layer(3), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Dead).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_hinge_that_nothing_violates_is_no_dead_layer() => Diagnose([.. Layer(1, units: 1), .. Loop(60, loss: _ => 0.7, kind: "custom")]).FindingOf(Dead).ShouldBeNull();

    [Fact]
    public void Few_batches_say_nothing()
    {
        Diagnose([.. Layer(64, batches: 3), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Dead).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose([.. Layer(saturated: 64, batches: 3, type: "Tanh"), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Saturated).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Dead).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Saturated).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Saturated_units_are_a_suspicion_with_a_symptom_and_silent_without()
    {
        var finding = Diagnose([.. Layer(saturated: 60, type: "Tanh"), .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Saturated).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Message).ShouldBe((Level.Warning, EvidenceClass.Suspected, "94% of the units of act (Tanh) are saturated for every example"));
        Diagnose([.. Layer(saturated: 60, type: "Sigmoid"), .. Loop(60)]).VerdictOf(Saturated).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Layer(saturated: 20, type: "Sigmoid"), .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Saturated).ShouldBeOfType<Verdict.Passed>();
    }
}
