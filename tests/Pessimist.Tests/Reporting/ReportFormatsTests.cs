using Pessimist.Reporting;

namespace Pessimist.Tests.Reporting;

public sealed class ReportFormatsTests
{
    [Fact]
    public void Concise_sick_run() => Snapshot.Match(ConciseReport.Render(SampleRun.SickReport()));

    [Fact]
    public void Concise_healthy_run() => Snapshot.Match(ConciseReport.Render(SampleRun.HealthyReport()));

    [Fact]
    public void Markdown_sick_run() => Snapshot.Match(MarkdownReport.Render(SampleRun.SickReport()), "md");

    [Fact]
    public void Markdown_healthy_run() => Snapshot.Match(MarkdownReport.Render(SampleRun.HealthyReport()), "md");

    [Fact]
    public void Markdown_holds_no_markup_from_the_data()
    {
        var text = MarkdownReport.Render(SampleRun.SickReport("<img src=x>|*b*[a](b)"));
        text.ShouldNotContain("<img");
        text.ShouldNotContain("*b*");
        text.ShouldNotContain("[a](b)");
    }
}
