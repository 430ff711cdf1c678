namespace Pessimist.Reporting;

/// <summary>The report as one HTML file that needs nothing else.</summary>
public static class HtmlReport
{
    public static string Render(Report report) => ReportJson.ForHtml(report);
}
