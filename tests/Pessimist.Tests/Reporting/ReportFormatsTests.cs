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
    public void Text_sick_program() => Snapshot.Match(TextReport.Render(SampleProgram.Report(), new TextOptions(Styles.None)));

    [Fact]
    public void Text_sick_program_in_colour() => Snapshot.Match(TextReport.Render(SampleProgram.Report(), new TextOptions(Styles.Ansi, Width: 72)).Replace('\e', '␛'));

    [Fact]
    public void Concise_sick_program() => Snapshot.Match(ConciseReport.Render(SampleProgram.Report()));

    [Fact]
    public void Markdown_sick_program() => Snapshot.Match(MarkdownReport.Render(SampleProgram.Report()), "md");

    [Fact]
    public void Json_sick_program() => Snapshot.Match(ReportJson.Render(SampleProgram.Report()), "json");

    [Fact]
    public void Html_sick_program() => Snapshot.Match(HtmlPage.WithoutScripts(HtmlReport.Render(SampleProgram.Report())), "html");

    [Fact]
    public void Markdown_holds_no_markup_from_the_data()
    {
        var text = MarkdownReport.Render(SampleRun.SickReport("<img src=x>|*b*[a](b)"));
        text.ShouldNotContain("<img");
        text.ShouldNotContain("*b*");
        text.ShouldNotContain("[a](b)");
    }
}
