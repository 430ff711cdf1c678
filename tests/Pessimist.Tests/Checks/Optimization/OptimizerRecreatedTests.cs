using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Optimization;

public sealed class OptimizerRecreatedTests
{
    const string Name = "optimizer-recreated";

    static IEnumerable<Observation> Built(int times, int every, string type = "Adam", Func<int, string>? parameter = null, double momentum = 0) => Enumerable.Range(0, times)
        .Select(i => Optimizer(i, type) with { Step = i * every, Site = Line(12), Groups = [new OptimizerGroup(0.1, [parameter?.Invoke(i) ?? "fc.weight"], Momentum: momentum)] });

    [Theory]
    [InlineData(1, "Adam is built anew at every step: what it has learned about the gradients is lost")]
    [InlineData(10, "Adam is built anew every 10 steps: what it has learned about the gradients is lost")]
    public void An_optimizer_in_the_loop_is_proved(int every, string message)
    {
        var finding = Diagnose([.. Built(20, every), .. Loop(40)]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Message, finding.Location!.Line).ShouldBe((Level.Warning, EvidenceClass.Proved, message, 12));
    }

    [Fact]
    public void Momentum_is_state_and_plain_descent_has_none()
    {
        Diagnose([.. Built(20, 1, "SGD", momentum: 0.9), .. Loop(40)]).FindingOf(Name).ShouldNotBeNull();
        Diagnose([.. Built(20, 1, "SGD"), .. Loop(40)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Stages_folds_and_changes_of_one_optimizer_pass()
    {
        Diagnose([.. Built(4, 100), .. Loop(40)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Built(20, 100, parameter: fold => $"{fold}/fc.weight"), .. Loop(40)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Built(20, 100).Cast<OptimizerBuilt>().Select(o => o with { Optimizer = 0 }), .. Loop(40)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Without_optimizers_or_steps_nothing_is_known()
    {
        Diagnose(Loop(40)).VerdictOf(Name).ShouldBeOfType<Verdict.NotApplicable>();
        Diagnose(Built(20, 1)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
