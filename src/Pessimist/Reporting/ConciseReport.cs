using System.Text;

namespace Pessimist.Reporting;

/// <summary>One line a finding, and the summary last: for editors, logs and <c>grep</c>.</summary>
public static class ConciseReport
{
    public static string Render(Report report)
    {
        var text = new StringBuilder();
        foreach (var finding in report.Findings)
            Sections.Write(text, $"finding {finding.Code}", () =>
            {
                var place = finding.Location is { } at
                    ? Display.Clean(at.File) + (at.Line is { } line ? $":{line.ToString(Numbers.Culture)}" : "") + ": "
                    : "";
                text.Append(Numbers.Culture, $"{place}{TextReport.LevelWord(finding.Level)}[{finding.Code}] {Display.Clean(finding.Message)}\n");
            });

        foreach (var line in Asides.Of(report)) text.Append(Numbers.Culture, $"note: {Display.Clean(line)}\n");
        var found = report.Findings.Count == 0
            ? Display.Clean(report.Summary.Verdict)
            : $"{Numbers.Plural(report.Summary.Errors, "error")}, {Numbers.Plural(report.Summary.Warnings, "warning")}, {Numbers.Plural(report.Summary.Notes, "note")}"
              + $" in {Numbers.Plural(report.Summary.Checks.Total, "check")}";
        return text.Append(found).Append('\n').ToString();
    }
}
