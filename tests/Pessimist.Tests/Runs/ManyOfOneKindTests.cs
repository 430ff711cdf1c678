using System.Text.Json.Nodes;
using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;
using Pessimist.Tests.Observations;

namespace Pessimist.Tests.Runs;

/// <summary>However many records of one kind a run keeps, what is made of them stays small: nothing grows with the square of their number.</summary>
public sealed class ManyOfOneKindTests
{
    const int Records = 12_000;
    const int Different = 200;

    public static TheoryData<string> Kinds => [.. ObservationLine.Kinds.Select(k => k.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_diagnosis_of_very_many_stays_small(string kind)
    {
        var different = Enumerable.Range(0, Different).Select(i => Numbered(kind, i)).ToArray();
        var run = new Run(budget: RunBudget.Reading);
        foreach (var first in Examples.All().Where(e => e is RunStarted or ProgramStarted or TargetChosen or ModuleBuilt)) run.Add(first);
        for (var i = 0; i < Records; i++) run.Add(different[i % Different]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = Diagnose.Everything(run);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200 << 20);
        result.Verdicts.Where(v => v.Verdict is Verdict.Crashed).ShouldBeEmpty();
        var report = Report.From(run, result, "/");
        HtmlReport.Render(report).Length.ShouldBeLessThan(20 << 20);
        ReportJson.Render(report).Length.ShouldBeLessThan(20 << 20);
        TextReport.Render(report, new(Styles.None)).Length.ShouldBeLessThan(1 << 20);
    }

    static Observation Numbered(string kind, int number)
    {
        var line = JsonNode.Parse(ObservationLine.Write(Examples.All().First(e => ObservationLine.KindOf(e) == kind)))!.AsObject();
        foreach (var field in line.Where(f => f.Value is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.Number).Select(f => f.Key).ToArray())
            line[field] = number;
        return ObservationLine.Read(line.ToJsonString())!;
    }
}
