using System.Text.Json;
using System.Text.Json.Nodes;
using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Diagnosis;
using Pessimist.Reporting;
using Pessimist.Reporting.Sarif;
using Pessimist.Runs;

namespace Pessimist.Tests.Reporting.Sarif;

public sealed class SarifReportTests
{
    static readonly JsonDocument _schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Snapshot.RepositoryRoot(), "tests/Pessimist.Tests/Reporting/Sarif/sarif-2.1.0.json")));

    static JsonNode Parsed(Report report)
    {
        var text = SarifReport.Render(report);
        using var document = JsonDocument.Parse(text);
        SchemaCheck.Violations(document.RootElement, _schema.RootElement).ShouldBeEmpty();
        return JsonNode.Parse(text)!["runs"]![0]!;
    }

    [Fact]
    public void Sick_program()
    {
        var text = SarifReport.Render(SampleProgram.Report());
        var log = JsonNode.Parse(text)!;
        // The pages of the checks have tests of their own.
        foreach (var rule in log["runs"]![0]!["tool"]!["driver"]!["rules"]!.AsArray())
            foreach (var key in rule!.AsObject().Select(p => p.Key).Except(["id", "name"]).ToArray()) rule.AsObject().Remove(key);

        Snapshot.Match(log.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n", "sarif");
    }

    [Fact]
    public void Every_report_is_as_the_official_schema_says()
    {
        Parsed(SampleProgram.Report());
        Parsed(SampleRun.SickReport());
        Parsed(SampleRun.HealthyReport());
        Parsed(Report.From(new Run(), new DiagnosisResult([], [], []), "/"));
        var whole = Parsed(Report.From(SampleRun.Healthy(), Diagnose.Everything(SampleRun.Healthy(), new CheckSettings { Select = [.. Selector.ParseAll("PES3", "--select")] }), SampleRun.WorkingDirectory));
        whole["tool"]!["driver"]!["rules"]!.AsArray().Select(r => (string)r!["id"]!).ShouldBe(Catalog.Infos.Select(i => i.Code));
    }

    [Fact]
    public void The_schema_refuses_what_is_no_sarif()
    {
        var text = SarifReport.Render(SampleProgram.Report());
        foreach (var (good, bad) in ((string, string)[])[("\"ruleId\"", "\"rule\""), ("\"startLine\": 57", "\"startLine\": 0"), ("\"level\": \"error\"", "\"level\": \"bad\""), ("\"version\": \"2.1.0\"", "\"version\": \"2.0\"")])
        {
            using var document = JsonDocument.Parse(text.Replace(good, bad, StringComparison.Ordinal));
            SchemaCheck.Violations(document.RootElement, _schema.RootElement).ShouldNotBeEmpty(bad);
        }
    }

    [Fact]
    public void Every_result_names_a_rule_a_file_and_a_line()
    {
        foreach (var report in (Report[])[SampleProgram.Report(), SampleRun.SickReport(), Report.From(new Run(), SampleRun.SickDiagnosis(), SampleRun.WorkingDirectory)])
        {
            var run = Parsed(report);
            foreach (var result in run["results"]!.AsArray())
            {
                run["tool"]!["driver"]!["rules"]![(int)result!["ruleIndex"]!]!["id"]!.GetValue<string>().ShouldBe((string)result["ruleId"]!);
                var place = result["locations"]![0]!["physicalLocation"]!;
                ((string)place["artifactLocation"]!["uri"]!).ShouldNotStartWith("/");
                ((string?)place["artifactLocation"]!["uriBaseId"]).ShouldBe("%SRCROOT%");
                ((int)place["region"]!["startLine"]!).ShouldBeGreaterThan(0);
            }
        }
    }

    static string Print(Finding finding, params Finding[] before)
    {
        var report = SampleProgram.Report() with { Findings = [.. before, finding], Ignored = null };
        return (string)Parsed(report)["results"]!.AsArray()[^1]!["partialFingerprints"]!["primaryLocationLineHash"]!;
    }

    [Fact]
    public void A_finding_is_known_again_when_its_line_moved_and_its_numbers_changed()
    {
        var finding = SampleProgram.Report().Findings[1];
        var at = finding.Location!;
        var moved = finding with { Message = "softmax, again", Location = at with { Line = 60, Excerpt = new Excerpt(58, ["# a new line", .. SampleProgram.Script]) } };
        moved.Location!.Excerpt!.Line(60)!.ShouldNotBe(SampleProgram.Script[2]);
        moved = moved with { Location = moved.Location with { Excerpt = new Excerpt(58, SampleProgram.Script) } };
        Print(moved).ShouldBe(Print(finding));

        Print(finding with { Location = at with { Function = "validate" } }).ShouldNotBe(Print(finding));
        Print(finding with { Location = at with { File = "other.py" } }).ShouldNotBe(Print(finding));
        Print(finding with { Location = at with { Line = 58 } }).ShouldNotBe(Print(finding), "another line of the program");
        Print(finding, finding).ShouldNotBe(Print(finding), "two of the same are two");
    }

    [Fact]
    public void What_is_ignored_is_suppressed_and_says_by_whom()
    {
        var result = Parsed(SampleProgram.Report())["results"]!.AsArray().Single(r => (string)r!["ruleId"]! == "PES701")!;
        ((string)result["suppressions"]![0]!["justification"]!).ShouldBe("ignored by pessimist.json: ignore PES7");
    }

    [Theory]
    [InlineData("a b/ü#?.py", "a%20b/%C3%BC%23%3F.py")]
    [InlineData("/other/x.py", "file:///other/x.py")]
    [InlineData("C:\\x\\y.py", "file:///C%3A/x/y.py")]
    [InlineData("a:b.py", "a%3Ab.py")]
    [InlineData("x\u001b[31m.py", "x%1B%5B31m.py")]
    public void A_path_becomes_a_uri(string file, string uri)
    {
        var finding = SampleProgram.Report().Findings[0] with { Location = new Location(file, 3) };
        var run = Parsed(SampleProgram.Report() with { Findings = [finding] });
        ((string)run["results"]![0]!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!).ShouldBe(uri);
    }

    [Fact]
    public void A_message_makes_no_links()
    {
        var finding = SampleProgram.Report().Findings[0] with { Message = "look [here](https://example.org)" };
        ((string)Parsed(SampleProgram.Report() with { Findings = [finding] })["results"]![0]!["message"]!["text"]!).ShouldStartWith("look \\[here\\](");
    }
}
