using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Model;

/// <summary>PES206 unregistered-parameters</summary>
public sealed class UnregisteredParametersTests
{
    const string Name = "unregistered-parameters";

    static ModuleBuilt Module => new() { Name = "layers[0]", Type = "Linear", Registered = false, Site = new Site("net.py", 9, "__init__") };

    static ParameterObserved Weight(double? gradient, int[]? optimizers = null, bool wanted = true) => new()
    {
        Name = "layers[0].weight", Shape = [8, 8], GradientNorm = gradient, RequiresGradient = wanted, Registered = false, Optimizers = optimizers ?? [],
    };

    [Fact]
    public void Layers_in_a_plain_list_that_take_part_and_are_not_trained_are_proved()
    {
        var finding = Diagnose(Module, Weight(0.3)).FindingOf(Name).ShouldNotBeNull();

        finding.Level.ShouldBe(Level.Error);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Location.ShouldBe(new Location("net.py", 9, "__init__", "layers[0]"));
    }

    [Fact]
    public void An_optimizer_without_parameters_is_explained()
    {
        var crash = new ExceptionRaised { Type = "ValueError", Message = "optimizer got an empty parameter list", Stack = [new Site("train.py", 20)] };

        Diagnose(Module, crash).FindingOf(Name).ShouldNotBeNull().Related.ShouldHaveSingleItem().Line.ShouldBe(20);
    }

    [Fact]
    public void A_frozen_teacher_in_a_list_is_silent() => Diagnose(Module, Weight(null, wanted: false)).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_teacher_used_without_gradients_is_silent() => Diagnose(Module, Weight(null)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Layers_given_to_the_optimizer_by_hand_are_a_note() => Diagnose(Module, Weight(0.3, [0])).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Note);

    [Fact]
    public void Registered_modules_pass() =>
        Diagnose(Module with { Registered = true }, Weight(0.3, [0]) with { Registered = true }).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Nobody_knows_without_a_network() => Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
