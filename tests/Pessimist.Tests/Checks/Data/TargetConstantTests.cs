using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

public sealed class TargetConstantTests
{
    [Fact]
    public void One_value_everywhere_is_proved()
    {
        var prepared = PreparedData.From(Of(Numbers("x", 60, i => i % 7), Numbers("y", 60, _ => 2.5)), new PrepareOptions { Target = new TargetOptions { Target = "y", Task = TaskKind.Regression } });
        var finding = Judge(new TargetConstant(new()), Pessimist.Data.Profiling.DataProfile.From(prepared)).Finding();
        (finding.Level, finding.EvidenceClass, finding.Location!.Column).ShouldBe((Level.Error, EvidenceClass.Proved, "y"));
    }

    [Fact]
    public void One_class_in_training_is_proved()
    {
        var healthy = Healthy();
        Judge(new TargetConstant(new()), healthy with { Target = healthy.Target with { Classes = [new("a", 40, 40, 0, 0), new("b", 10, 0, 0, 10)] } }).Finding().Message.ShouldContain("\"a\"");
    }

    [Fact]
    public void A_rare_class_is_enough_to_vary()
    {
        var healthy = Healthy();
        Judge(new TargetConstant(new()), healthy with { Target = healthy.Target with { Classes = [new("a", 4000, 4000, 0, 0), new("b", 1, 1, 0, 0)] } }).ShouldPass();
    }

    [Fact]
    public void Without_facts_there_is_no_verdict() => Judge(new TargetConstant(new())).ShouldLackEvidence();
}
