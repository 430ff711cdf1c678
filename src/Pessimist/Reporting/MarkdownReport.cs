using System.Text;
using Pessimist.Observations;

namespace Pessimist.Reporting;

/// <summary>The report for a pull request or a wiki. Names from the user's data cannot form markup.</summary>
public static class MarkdownReport
{
    const int MaxRows = 20;

    public static string Render(Report report)
    {
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');

        Line($"# {Safe(report.Summary.Verdict)}");
        Line();
        Line($"`{Code($"{report.Tool.Name} {report.Run.Command} {string.Join(' ', report.Run.Arguments)}".TrimEnd())}`, run `{Code(report.Run.Id)}`, {Safe(report.Run.Ending)}, {Numbers.Seconds(report.Run.Seconds)}: "
            + $"{Numbers.Plural(report.Summary.Errors, "error")}, {Numbers.Plural(report.Summary.Warnings, "warning")}, {Numbers.Plural(report.Summary.Notes, "note")}.");

        if (report.Findings.Count > 0) Heading("Findings");
        foreach (var finding in report.Findings)
        {
            Line($"### {TextReport.LevelWord(finding.Level)} {finding.Code}: {Safe(finding.Message)}");
            Line();
            var place = TextReport.Where(finding.Location);
            Line($"`{Code(finding.Name)}`, {TextReport.EvidenceWord(finding.EvidenceClass)}{(place.Length > 0 ? ", " + Safe(place) : "")}.");
            Line();
            if (finding.Evidence.Count > 0)
                Table(["evidence", "measured", "limit", "origin"], [.. finding.Evidence.Take(MaxRows).Select(e => (string[])[e.Name, e.Measured, e.Limit, e.Origin])]);
            if (finding.Confirmation.Length > 0) Line($"- confirmed: {Safe(finding.Confirmation)}");
            foreach (var cause in finding.Causes) Line($"- {TextReport.Likely(cause.Probability)} cause: {Safe(cause.Name)}");
            foreach (var note in finding.Notes) Line($"- note: {Safe(note)}");
            if (finding.Explains.Count > 0) Line($"- explains: {Safe(string.Join(", ", finding.Explains))}");
            if (finding.Examples.Count > 0) Line($"- examples: {Safe(TextReport.Examples(finding.Examples))}");
            foreach (var fix in finding.Fixes) Line($"- **help**: {Safe(fix)}");
            if (text[^2] != '\n') Line();
        }

        string[] asides = [.. Asides.Of(report)];
        if (asides.Length > 0) Heading("Put aside or changed by the project");
        foreach (var line in asides) Line($"- {Safe(line)}");

        if (report.Stages.Count > 0)
        {
            Heading("Stages");
            Table(["", "stage", "result", "time"],
                [.. report.Stages.Select(s => (string[])[Word(s.Status), $"{s.Number} {s.Name}", s.Summary, s.Status == StageStatus.Skipped ? "" : Numbers.Seconds(s.Seconds)])]);
        }

        if (report.Metrics is not null || report.Baselines is not null)
        {
            Heading("Results");
            Table(["result", "value", "95 % interval", "n"],
            [
                .. (report.Metrics ?? []).Select(m => (string[])[$"{m.Split} {m.Metric} ({m.Model})", Numbers.Metric(m.Metric, m.Value), Numbers.Interval(m.Metric, m.Low, m.High), Numbers.Count(m.N)]),
                .. (report.Baselines ?? []).Select(b => (string[])[$"baseline: {b.Name}, {b.Split} {b.Metric}", Numbers.Metric(b.Metric, b.Value), Numbers.Interval(b.Metric, b.Low, b.High), ""]),
            ]);
        }

        if (report.Decomposition is { } terms)
        {
            Heading("Error taken apart");
            Table(["term", "value", "interval", "verdict", "detectable", ""],
            [
                .. terms.Select(t => (string[])
                [
                    $"{TextReport.Term(t.Term)} ({t.Model})", Numbers.Metric(t.Metric, t.Value), Numbers.Interval(t.Metric, t.Low, t.High), TextReport.VerdictWord(t.Verdict),
                    t.Detectable is { } d ? Numbers.Metric(t.Metric, d) : "", t.Sentence,
                ]),
            ]);
        }

        if (report.Confused is { } pairs)
        {
            Heading("Most confused");
            Table(["label", "predicted", "count", "share of all errors"], [.. pairs.Take(MaxRows).Select(p => (string[])[p.Label, p.Predicted, Numbers.Count(p.Count), Numbers.Percent(p.Share)])]);
        }

        if (report.Next.Count > 0) Heading("What next");
        var number = 0;
        foreach (var step in report.Next)
            Line($"{++number}. {Safe(step.Action)}: {Safe(step.Why)}{(step.Command is { Length: > 0 } c ? $" (`{Code(c)}`)" : "")}");

        if (report.Checks.Count > 0)
        {
            Heading("Checks");
            Table(["code", "check", "verdict", "why"], [.. report.Checks.Select(c => (string[])[c.Code, c.Name, c.Verdict, c.Why])]);
        }

        return text.ToString().TrimEnd('\n') + "\n";

        void Heading(string title)
        {
            if (text[^2] != '\n') Line();
            Line($"## {title}");
            Line();
        }

        void Table(string[] head, List<string[]> rows)
        {
            Line($"| {string.Join(" | ", head)} |");
            Line($"|{string.Concat(head.Select(_ => "---|"))}");
            foreach (var row in rows) Line($"| {string.Join(" | ", row.Select(Safe))} |");
            Line();
        }
    }

    static string Word(StageStatus status) => status switch
    {
        StageStatus.Passed => "passed",
        StageStatus.Failed => "failed",
        StageStatus.Skipped => "skipped",
        _ => "not enough evidence",
    };

    /// <summary>Text in which nothing is markup or HTML; one line.</summary>
    static string Safe(string? value)
    {
        var safe = new StringBuilder();
        foreach (var c in Display.Clean(value))
        {
            if (c is '<' or '>' or '&') safe.Append(c switch { '<' => "&lt;", '>' => "&gt;", _ => "&amp;" });
            else if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '!' or '~') safe.Append('\\').Append(c);
            else safe.Append(c);
        }

        return safe.ToString();
    }

    /// <summary>Text to stand between backticks.</summary>
    static string Code(string value) => Display.Clean(value).Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal);
}
