using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    [Fact]
    public void Every_kind_is_written_as_the_serializer_would_and_reads_back()
    {
        foreach (var observation in Examples.All())
        {
            var line = ObservationLine.Write(observation);
            line.ShouldBe($"{{\"kind\":\"{ObservationLine.KindOf(observation)}\",{JsonSerializer.Serialize(observation, observation.GetType(), ObservationLine.Options)[1..]}");
            ObservationLine.Write(ObservationLine.Read(line).ShouldNotBeNull(line)).ShouldBe(line);
        }
    }

    [Fact]
    public void Every_kind_reads_what_the_serializer_reads_from_its_required_fields()
    {
        foreach (var observation in Examples.All())
        {
            var info = ObservationLine.Options.GetTypeInfo(observation.GetType());
            var fields = JsonNode.Parse(ObservationLine.Write(observation))!.AsObject();
            foreach (var property in info.Properties.Where(p => !p.IsRequired)) fields.Remove(property.Name);
            var kind = fields["kind"]!.GetValue<string>();
            var read = ObservationLine.Read(fields.ToJsonString()).ShouldNotBeNull(kind);
            JsonSerializer.Serialize(read, read.GetType(), ObservationLine.Options)
                .ShouldBe(JsonSerializer.Serialize(fields.Deserialize(info), info), kind);
            foreach (var property in info.Properties.Where(p => p.IsRequired))
            {
                var without = fields.DeepClone().AsObject();
                without.Remove(property.Name);
                ObservationLine.Read(without.ToJsonString()).ShouldBeNull($"{kind} without {property.Name}");
            }
        }
    }

    [Fact]
    public void A_value_of_the_wrong_type_spoils_the_line()
    {
        foreach (var observation in Examples.All())
        {
            var line = JsonNode.Parse(ObservationLine.Write(observation))!.AsObject();
            foreach (var property in ObservationLine.Options.GetTypeInfo(observation.GetType()).Properties.Where(p => p.Set is not null))
                foreach (var wrong in new[] { """[[[["x"]]]]""", """{"no-such-field":null,"x":[]}""" })
                {
                    var spoilt = line.DeepClone().AsObject();
                    spoilt[property.Name] = JsonNode.Parse(wrong);
                    var text = spoilt.ToJsonString();
                    // An object with unknown fields only is a record without required ones, and a dictionary of one bad value is none.
                    if (wrong[0] == '[' || property.PropertyType.IsValueType || property.PropertyType == typeof(string)) ObservationLine.Read(text).ShouldBeNull(text);
                }
        }
    }

    [Fact]
    public void Fields_come_in_any_order_with_any_others_between_them() =>
        ObservationLine.Read("""{"at":2,"new":{"kind":"run-ended","a":[1,{"b":null}]},"trainLoss":1,"epoch":3,"kind":"epoch-fini\u0073hed","phase":"train","trainLoss":0.5,"trainMetric":null}""")
            .ShouldBe(new EpochFinished { Phase = "train", Epoch = 3, TrainLoss = 0.5, At = 2 });

    [Theory]
    [InlineData("<script>alert('x')</script>")]
    [InlineData("tab\tnul\0bell\a\u2028")]
    [InlineData("größe 数 😀")]
    [InlineData("")]
    public void Any_name_survives_and_stays_on_its_line(string name)
    {
        var line = ObservationLine.Write(new NextAction { Action = name, Why = "" });
        line.ShouldAllBe(c => c >= ' ' && c <= '~' && c != '<');
        ObservationLine.Read(line).ShouldBeOfType<NextAction>().Action.ShouldBe(name);
    }

    [Fact]
    public void Numbers_survive_to_the_last_bit()
    {
        foreach (var value in new[] { 0, -0.0, 0.1, 1e-320, double.MaxValue, double.Epsilon, 1.0 / 3, 123456789012345680, -1e22 })
            BitConverter.DoubleToInt64Bits(ObservationLine.Read(ObservationLine.Write(new CalibrationMeasured(value, 0, 1))).ShouldBeOfType<CalibrationMeasured>().Ece)
                .ShouldBe(BitConverter.DoubleToInt64Bits(value));
    }
}
