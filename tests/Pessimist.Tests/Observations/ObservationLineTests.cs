using System.Reflection;
using System.Text.Json.Serialization;
using Pessimist.Observations;
using Pessimist.Tests.Reporting;

namespace Pessimist.Tests.Observations;

public sealed class ObservationLineTests
{
    [Fact]
    public void Every_kind_has_a_name_of_its_own()
    {
        var named = typeof(Observation).GetCustomAttributes<JsonDerivedTypeAttribute>().ToArray();
        named.Select(n => n.TypeDiscriminator).ShouldBeUnique();
        typeof(Observation).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(Observation))).ShouldBe(named.Select(n => n.DerivedType), ignoreOrder: true);
    }

    [Fact]
    public void A_line_reads_back_as_it_was_written()
    {
        foreach (var observation in SampleRun.Healthy().Observations.Concat(SampleRun.Sick().Observations))
        {
            var line = ObservationLine.Write(observation);
            line.ShouldNotContain('\n');
            ObservationLine.Write(ObservationLine.Read(line).ShouldNotBeNull(line)).ShouldBe(line);
        }
    }

    [Fact]
    public void Values_that_are_not_finite_survive() =>
        ObservationLine.Read(ObservationLine.Write(new EpochFinished { Phase = "train", Epoch = 1, TrainLoss = double.NaN, ValidationLoss = double.PositiveInfinity }))
            .ShouldBeOfType<EpochFinished>().ShouldSatisfyAllConditions(e => e.TrainLoss.ShouldBe(double.NaN), e => e.ValidationLoss.ShouldBe(double.PositiveInfinity));

    [Fact]
    public void A_list_that_an_older_version_did_not_write_is_empty() =>
        ObservationLine.Read("""{"kind":"stage-finished","number":1,"name":"data","status":"not-enough-evidence","summary":"x"}""")
            .ShouldBeOfType<StageFinished>().Help.ShouldBeEmpty();

    [Fact]
    public void A_parameter_that_may_be_null_may_be_missing_and_no_other() =>
        new[] { """{"kind":"label-suspected","example":"1","given":"a","suggested":"b","score":1}""", """{"kind":"label-suspected","example":"1","given":"a","suggested":"b"}""" }
            .Select(ObservationLine.Read).Select(o => o is not null).ShouldBe([true, false]);
}
