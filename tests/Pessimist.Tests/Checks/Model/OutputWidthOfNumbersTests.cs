using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.ProgramRuns;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Model;

/// <summary>PES202 for losses of numbers.</summary>
public sealed class OutputWidthOfNumbersTests
{
    const string Name = "output-width-wrong";

    static LossObserved Loss(long step, long outputs, params long[] target) => new()
    {
        Step = step, Phase = Phase.Train, Kind = "mse", Value = 1, Input = Floats(32, outputs), Target = Floats(target), Site = LossLine,
    };

    [Fact]
    public void One_output_for_two_targets_is_proved() =>
        Diagnose(Steps(20, s => Loss(s, 1, 32, 2))).FindingOf(Name).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Error), f => f.EvidenceClass.ShouldBe(EvidenceClass.Proved), f => f.Message.ShouldBe("the network has 1 output, and each example has 2 targets"));

    [Fact]
    public void As_many_outputs_as_targets_pass() => Diagnose(Steps(20, s => Loss(s, 2, 32, 2))).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Several_quantiles_of_one_target_are_silent() => Diagnose(Steps(20, s => Loss(s, 3, 32, 1))).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Two_calls_are_no_proof() => Diagnose(Steps(2, s => Loss(s, 1, 32, 2))).FindingOf(Name).ShouldBeNull();
}
