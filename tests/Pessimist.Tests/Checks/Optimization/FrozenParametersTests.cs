using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Optimization;

public sealed class FrozenParametersTests
{
    const string Name = "frozen-parameters";

    static ParameterObserved Frozen(string name, int model = 0, params long[] shape) => Parameter(name, null, [], wanted: false, model: model) with { Shape = shape.Length > 0 ? shape : [4, 4] };

    [Fact]
    public void Everything_frozen_is_proved() =>
        Diagnose([Optimizer(0, "Adam", "a", "b"), Frozen("a"), Frozen("b"), .. Loop(30, loss: StaysAtGuessing)]).FindingOf(Name).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.EvidenceClass.ShouldBe(EvidenceClass.Proved), f => f.Level.ShouldBe(Level.Warning), f => f.Location!.File.ShouldBe("net.py"));

    [Fact]
    public void Everything_frozen_is_why_the_backward_pass_is_refused()
    {
        ExceptionRaised refused = new() { Type = "RuntimeError", Message = "element 0 of tensors does not require grad and does not have a grad_fn", Stack = [new Site("train.py", 58)] };
        Diagnose([Optimizer(0, "Adam", "a", "b"), Frozen("a"), Frozen("b"), refused]).FindingOf(Name).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);
        Diagnose([Optimizer(0, "Adam", "a", "b"), Parameter("a", null, [0]), Parameter("b", null, [0]), refused]).FindingOf(Name).ShouldBeNull();
    }

    [Fact]
    public void A_frozen_head_or_a_frozen_body_is_a_suspicion_with_a_symptom()
    {
        Diagnose([Optimizer(0, "Adam", "body"), Parameter("body", 1, [0]), Frozen("head"), .. Loop(30, loss: StaysAtGuessing)]).FindingOf(Name).ShouldNotBeNull().Message.ShouldStartWith("the last layer (head) is frozen");
        Diagnose([Optimizer(0, "Adam", "head"), Frozen("body", 0, 64, 64), Parameter("head", 1, [0]), .. Loop(30, loss: StaysAtGuessing)]).FindingOf(Name).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Suspected);
    }

    [Fact]
    public void Most_of_a_network_frozen_and_in_the_optimizer_is_a_note_while_the_loss_falls()
    {
        Observation[] net = [Optimizer(0, "Adam", "body", "head"), Frozen("body", 0, 64, 64) with { Optimizers = [0] }, Parameter("head", 1, [0])];
        Diagnose([.. net, .. Loop(60)]).FindingOf(Name).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Note), f => f.Message.ShouldBe("most parameters are frozen, though the optimizer holds them"));
    }

    [Fact]
    public void A_large_teacher_beside_it_does_not_hide_a_frozen_student() =>
        Diagnose([Frozen("a", 0, 512, 512), Optimizer(0, "Adam", "1/body", "1/head"), Frozen("body", 1, 64, 64) with { Optimizers = [0] }, Parameter("head", 1, [0], model: 1), .. Loop(60)])
            .FindingOf(Name).ShouldNotBeNull().Location!.Module.ShouldBe("1/body");

    public static TheoryData<string, Observation[]> Healthy => new()
    {
        { "frozen backbone that learns", [Optimizer(0, "Adam", "head"), Frozen("body", 0, 64, 64), Parameter("head", 1, [0]), .. Loop(60)] },
        { "fixed positions", [Optimizer(0, "Adam", "head"), Frozen("positions", 0, 8), Parameter("head", 1, [0]), .. Loop(60, loss: StaysAtGuessing)] },
        { "a frozen teacher", [Optimizer(0, "Adam", "a"), Parameter("a", 1, [0]), Frozen("a", 1, 64, 64), .. Loop(60, loss: StaysAtGuessing)] },
        { "an image optimized through a fixed network", [Optimizer(0, "Adam") with { Groups = [new OptimizerGroup(0.1, [], Strangers: 1)] }, Frozen("a"), .. Loop(60)] },
    };

    [Theory, MemberData(nameof(Healthy))]
    public void Healthy_programs_are_silent(string why, Observation[] program) => Diagnose(program).FindingOf(Name).ShouldBeNull(why);

    [Fact]
    public void Without_parameters_or_steps_nothing_is_known()
    {
        Diagnose(Loop(30)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(Optimizer(0, "Adam", "a"), Frozen("a")).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
