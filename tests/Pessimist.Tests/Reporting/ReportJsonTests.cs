using System.Text.Json;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Tests.Reporting;

public sealed class ReportJsonTests
{
    [Fact]
    public void Sick_run() => Snapshot.Match(ReportJson.Render(SampleRun.SickReport()), "json");

    [Fact]
    public void The_shipped_schema_is_the_one_of_the_types() => Snapshot.MatchRepositoryFile(ReportJson.Schema(), "docs/reference/report.schema.json");

    [Fact]
    public void Every_report_is_as_the_schema_says()
    {
        using var schema = JsonDocument.Parse(ReportJson.Schema());
        var empty = Report.From(new Run(), new Pessimist.Diagnosis.DiagnosisResult([], [], []), "/");
        var nothingBest = Report.From(Run.Of([new TrialFinished { Round = 1, Number = 1, Parameters = new Dictionary<string, double>() }]), SampleRun.HealthyDiagnosis(), "/");
        foreach (var report in (Report[])[SampleRun.HealthyReport(), SampleRun.SickReport(), empty, nothingBest])
        {
            using var json = JsonDocument.Parse(ReportJson.Render(report));
            SchemaCheck.Violations(json.RootElement, schema.RootElement).ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_schema_refuses_what_is_no_report()
    {
        using var schema = JsonDocument.Parse(ReportJson.Schema());
        using var json = JsonDocument.Parse(ReportJson.Render(SampleRun.SickReport()).Replace("\"confirmed\"", "\"sure\"", StringComparison.Ordinal));
        SchemaCheck.Violations(json.RootElement, schema.RootElement).ShouldContain(v => v.StartsWith("$.findings[0].evidence_class", StringComparison.Ordinal));
    }

    [Fact]
    public void The_envelope_has_the_promised_keys()
    {
        using var json = JsonDocument.Parse(ReportJson.Render(SampleRun.HealthyReport()));
        var root = json.RootElement;
        root.GetProperty("schema").GetInt32().ShouldBe(1);
        string[] keys = [.. root.EnumerateObject().Select(p => p.Name)];
        keys.ShouldBe(
        [
            "schema", "tool", "run", "summary", "findings", "folded", "checks", "stages", "next", "metrics", "decomposition", "confused", "baselines", "study", "single_batch", "details",
        ]);
        root.GetProperty("single_batch").GetProperty("verdict").GetString().ShouldBe("passes");
        root.GetProperty("study").GetProperty("best").GetProperty("params").GetProperty("lr").GetDouble().ShouldBeInRange(1e-3, 4e-3);
        root.GetProperty("decomposition")[1].GetProperty("verdict").GetString().ShouldBe("real");
        root.GetProperty("metrics")[2].GetProperty("n").GetInt32().ShouldBe(360);
    }

    [Fact]
    public void A_finding_is_as_promised_and_its_path_relative()
    {
        using var json = JsonDocument.Parse(ReportJson.Render(SampleRun.SickReport()));
        var findings = json.RootElement.GetProperty("findings");
        findings[0].GetProperty("code").GetString().ShouldBe("PES501");
        findings[0].GetProperty("level").GetString().ShouldBe("error");
        findings[0].GetProperty("evidence_class").GetString().ShouldBe("confirmed");
        findings[1].GetProperty("location").GetProperty("file").GetString().ShouldBe("data/digits.csv");
        json.RootElement.GetProperty("summary").GetProperty("errors").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Numbers_that_are_not_finite_become_null()
    {
        var run = Run.Of([
            new Evaluated { Model = "start", Split = "test", Metric = "mse", Value = double.NaN, Low = double.NegativeInfinity, High = double.PositiveInfinity, Count = 3 },
            new EpochFinished { Phase = "train", Epoch = 1, TrainLoss = double.NaN, ValidationLoss = double.PositiveInfinity },
        ]);
        using var json = JsonDocument.Parse(ReportJson.Render(Report.From(run, new Pessimist.Diagnosis.DiagnosisResult([], [], []), "/")));
        var metric = json.RootElement.GetProperty("metrics")[0];
        metric.GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        metric.GetProperty("high").ValueKind.ShouldBe(JsonValueKind.Null);
        json.RootElement.GetProperty("details").GetProperty("training")[0].GetProperty("loss")[0].GetProperty("y")[0].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void A_replayed_run_gives_the_same_report()
    {
        using var lines = new MemoryStream([.. SampleRun.Sick().Observations.SelectMany(o => System.Text.Encoding.UTF8.GetBytes(ObservationLine.Write(o) + "\n"))]);
        var replayed = RunReader.Read(lines).Run;
        ReportJson.Render(Report.From(replayed, SampleRun.SickDiagnosis(), SampleRun.WorkingDirectory))
            .ShouldBe(ReportJson.Render(Report.From(SampleRun.Sick(), SampleRun.SickDiagnosis(), SampleRun.WorkingDirectory)));
    }
}
