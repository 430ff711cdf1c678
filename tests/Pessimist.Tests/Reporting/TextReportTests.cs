using System.Globalization;
using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Reporting;
using Pessimist.Reporting.Sarif;
using Pessimist.Runs;

namespace Pessimist.Tests.Reporting;

public sealed class TextReportTests
{
    static readonly TextOptions _plain = new(Styles.None, ReportPath: ".pessimist/runs/20261120-154512-digits-7f3a/report.html");

    [Fact]
    public void Healthy_run() => Snapshot.Match(TextReport.Render(SampleRun.HealthyReport(), _plain));

    [Fact]
    public void Sick_run() => Snapshot.Match(TextReport.Render(SampleRun.SickReport(), _plain));

    [Fact]
    public void Sick_run_verbose() => Snapshot.Match(TextReport.Render(SampleRun.SickReport(), _plain with { Verbose = true }));

    [Fact]
    public void Sick_run_in_colour() => Snapshot.Match(TextReport.Render(SampleRun.SickReport(), _plain with { Styles = Styles.Ansi }).Replace('\e', '␛'));

    [Theory]
    [InlineData("de-DE")]
    [InlineData("ru-RU")]
    [InlineData("ar-SA")]
    [InlineData("tr-TR")]
    public void Every_renderer_says_the_same_in_every_culture(string culture)
    {
        string[] All() =>
        [
            TextReport.Render(SampleRun.HealthyReport(), _plain), ConciseReport.Render(SampleRun.SickReport()),
            MarkdownReport.Render(SampleRun.HealthyReport()), ReportJson.Render(SampleRun.HealthyReport()), HtmlReport.Render(SampleRun.HealthyReport()),
            TextReport.Render(SampleProgram.Report(), _plain), ConciseReport.Render(SampleProgram.Report()), MarkdownReport.Render(SampleProgram.Report()),
            SarifReport.Render(SampleProgram.Report()), ReportJson.Render(SampleProgram.Report()), HtmlReport.Render(SampleProgram.Report()),
            CheckPage.Markdown(Catalog.Find("missing-values")!), ProjectSchema.Render(),
        ];
        var expected = All();
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            All().ShouldBe(expected);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void No_line_is_wider_than_the_terminal()
    {
        foreach (var width in (int[])[60, 100])
            foreach (var line in TextReport.Render(SampleRun.SickReport("数字" + new string('x', 150)), _plain with { Width = width, ReportPath = null, Verbose = true }).Split('\n'))
                // A command must stay whole, to be copied.
                if (!line.TrimStart().StartsWith("$ ", StringComparison.Ordinal) && !line.StartsWith("next: ", StringComparison.Ordinal))
                    Display.Width(line).ShouldBeLessThanOrEqualTo(width, line);
    }

    [Fact]
    public void Names_from_the_data_cannot_steer_the_terminal()
    {
        var hostile = "a\e[2Jb\u202Ec\u0007\nd\u009Be";
        foreach (var text in (string[])[
            TextReport.Render(SampleRun.SickReport(hostile), _plain with { Verbose = true }),
            ConciseReport.Render(SampleRun.SickReport(hostile)),
            MarkdownReport.Render(SampleRun.SickReport(hostile))])
        {
            text.Where(c => c != '\n' && char.IsControl(c)).ShouldBeEmpty();
            text.ShouldNotContain('\u202E');
            text.ShouldContain(@"\u{1b}", customMessage: "the name is shown, harmless");
        }
    }

    [Fact]
    public void A_run_that_stopped_at_once_still_renders()
    {
        var report = Report.From(new Run(), new Pessimist.Diagnosis.DiagnosisResult([], [], []), "/");
        TextReport.Render(report, _plain).ShouldContain("the run ended without a last record");
        ReportJson.Render(report).ShouldContain("\"ending\": \"killed\"");
    }

    [Fact]
    public void A_lone_note_is_no_problem()
    {
        var note = new Finding { Code = "PES199", Name = "small-data", Level = Level.Note, EvidenceClass = EvidenceClass.Suspected, Message = "there are 150 examples" };
        var diagnosis = SampleRun.HealthyDiagnosis();
        var report = Report.From(SampleRun.Healthy(), diagnosis with { Findings = [note] }, SampleRun.WorkingDirectory);
        report.Summary.Verdict.ShouldBe("no problems found in 4 checks (1 note, 1 lacked evidence); test accuracy 97.8 % [95.7, 98.9]");
    }
}
