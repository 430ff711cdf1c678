using System.Text;
using Pessimist.Checks;
using Pessimist.Observations;

namespace Pessimist.Reporting;

/// <summary>
/// The report for a comment on a pull request, or a wiki. Names from the user's program and data cannot form markup. It stays below the 65,536
/// characters that a comment may have: what does not fit is left out, the least important first.
/// </summary>
public static class MarkdownReport
{
    const int MaxCharacters = 60_000;

    public static string Render(Report report) => new Writer(report).Write();

    sealed class Writer(Report report)
    {
        const int MaxRows = 20;
        const int MaxItems = 12;
        const int MaxFindings = 50;

        readonly StringBuilder _text = new();
        int _left;

        public string Write()
        {
            Part("header", Header);
            if (report.Findings.Count > 0) Heading("Findings");
            foreach (var finding in report.Findings.Take(MaxFindings)) Part($"finding {finding.Code}", () => Finding(finding));
            _left += Math.Max(0, report.Findings.Count - MaxFindings);
            Part("what is put aside", PutAside);
            Part("experiments", Experiments);
            Part("stages", Stages);
            Part("results", Results);
            Part("decomposition", Decomposition);
            Part("confused classes", Confused);
            Part("next steps", Next);
            Part("checks", Checks);
            if (_left > 0) Line($"\n{Numbers.Plural(_left, "part")} left out for want of room; the whole report is in the HTML and JSON.");
            return _text.ToString().TrimEnd('\n') + "\n";
        }

        void Part(string name, Action write)
        {
            var before = _text.Length;
            Sections.Write(_text, name, write, m => $"\n{MarkdownText.Safe(m)}\n");
            if (_text.Length <= MaxCharacters) return;
            _text.Length = before;
            _left++;
        }

        void Header()
        {
            Line($"# {Safe(report.Summary.Verdict)}");
            Line();
            Line($"`{Code($"{report.Tool.Name} {report.Run.Command} {string.Join(' ', report.Run.Arguments)}".TrimEnd())}`, run `{Code(report.Run.Id)}`, {Safe(report.Run.Ending)}, {Numbers.Seconds(report.Run.Seconds)}: "
                + $"{Numbers.Plural(report.Summary.Errors, "error")}, {Numbers.Plural(report.Summary.Warnings, "warning")}, {Numbers.Plural(report.Summary.Notes, "note")}.");
        }

        void Finding(Finding finding)
        {
            Blank();
            Line($"### {TextReport.LevelWord(finding.Level)} {finding.Code}: {Safe(finding.Message)}");
            Line();
            var place = TextReport.Where(finding.Location);
            Line($"`{Code(finding.Name)}`, {TextReport.EvidenceWord(finding.EvidenceClass)}{(place.Length > 0 ? ", " + Safe(place) : "")}.");
            Line();
            foreach (var line in MarkdownText.Source(finding.Location)) Line(line);
            if (finding.Evidence.Count > 0)
                Table(["evidence", "measured", "limit", "origin"], [.. finding.Evidence.Take(MaxRows).Select(e => (string[])[e.Name, e.Measured, e.Limit, e.Origin])]);
            foreach (var related in finding.Related.Take(MaxItems)) Line($"- {Safe(TextReport.Where(new Location(related.File, related.Line)))}: {Safe(related.Message)}");
            if (finding.Confirmation.Length > 0) Line($"- confirmed: {Safe(finding.Confirmation)}");
            foreach (var cause in finding.Causes.Take(MaxItems)) Line($"- {TextReport.Likely(cause.Probability)} cause: {Safe(cause.Name)}");
            foreach (var note in finding.Notes.Take(MaxItems)) Line($"- note: {Safe(note)}");
            if (finding.Explains.Count > 0) Line($"- explains: {Safe(string.Join(", ", finding.Explains))}");
            if (finding.Examples.Count > 0) Line($"- examples: {Safe(TextReport.Examples(finding.Examples))}");
            foreach (var fix in finding.Fixes.Take(MaxItems)) Line($"- **help**: {Safe(fix)}");
        }

        void PutAside()
        {
            string[] asides = [.. Asides.Of(report)];
            if (asides.Length > 0) Heading("Put aside, changed or crashed");
            foreach (var line in asides) Line($"- {Safe(line)}");
        }

        void Experiments()
        {
            if (report.Details.Experiments.Count == 0) return;
            Heading("Experiments");
            Table(["asked", "seen", "outcome", "cause"],
                [.. report.Details.Experiments.Take(MaxRows).Select(e => (string[])[e.Question, e.Confirmation ?? e.Reading, e.Outcome.ToString().ToLowerInvariant(), e.Cause ?? ""])]);
        }

        void Stages()
        {
            if (report.Stages.Count == 0) return;
            Heading("Stages");
            Table(["", "stage", "result", "time"],
                [.. report.Stages.Take(MaxRows).Select(s => (string[])[Word(s.Status), $"{s.Number} {s.Name}", s.Summary, s.Status == StageStatus.Skipped ? "" : Numbers.Seconds(s.Seconds)])]);
        }

        void Results()
        {
            if (report.Metrics is null && report.Baselines is null) return;
            Heading("Results");
            Table(["result", "value", "95 % interval", "n"],
            [
                .. (report.Metrics ?? []).Take(MaxRows).Select(m => (string[])[$"{m.Split} {m.Metric} ({m.Model})", Numbers.Metric(m.Metric, m.Value), Numbers.Interval(m.Metric, m.Low, m.High), Numbers.Count(m.N)]),
                .. (report.Baselines ?? []).Take(MaxRows).Select(b => (string[])[$"baseline: {b.Name}, {b.Split} {b.Metric}", Numbers.Metric(b.Metric, b.Value), Numbers.Interval(b.Metric, b.Low, b.High), ""]),
            ]);
        }

        void Decomposition()
        {
            if (report.Decomposition is not { } terms) return;
            Heading("Error taken apart");
            Table(["term", "value", "interval", "verdict", "detectable", ""],
            [
                .. terms.Take(MaxRows).Select(t => (string[])
                [
                    $"{TextReport.Term(t.Term)} ({t.Model})", Numbers.Metric(t.Metric, t.Value), Numbers.Interval(t.Metric, t.Low, t.High), TextReport.VerdictWord(t.Verdict),
                    t.Detectable is { } d ? Numbers.Metric(t.Metric, d) : "", t.Sentence,
                ]),
            ]);
        }

        void Confused()
        {
            if (report.Confused is not { } pairs) return;
            Heading("Most confused");
            Table(["label", "predicted", "count", "share of all errors"], [.. pairs.Take(MaxRows).Select(p => (string[])[p.Label, p.Predicted, Numbers.Count(p.Count), Numbers.Percent(p.Share)])]);
        }

        void Next()
        {
            if (report.Next.Count == 0) return;
            Heading("What next");
            var number = 0;
            foreach (var step in report.Next.Take(MaxItems))
                Line($"{++number}. {Safe(step.Action)}: {Safe(step.Why)}{(step.Command is { Length: > 0 } c ? $" (`{Code(c)}`)" : "")}");
        }

        void Checks()
        {
            if (report.Checks.Count == 0) return;
            var counts = report.Summary.Checks;
            Heading("Checks");
            Line($"<details><summary>{Numbers.Plural(counts.Total, "check")}: {counts.Passed} passed, {counts.Found} found, {counts.NotApplicable} not applicable, {counts.NotEnoughEvidence} lacked evidence, {counts.Crashed} crashed, {counts.Ignored} ignored</summary>");
            Line();
            Table(["code", "check", "verdict", "why"], [.. report.Checks.Select(c => (string[])[c.Code, c.Name, c.Verdict, c.Why])]);
            Line("</details>");
        }

        void Heading(string title)
        {
            Blank();
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

        /// <summary>An empty line, unless there is one.</summary>
        void Blank()
        {
            if (_text.Length > 1 && _text[^2] != '\n') Line();
        }

        void Line(string line = "") => _text.Append(line).Append('\n');

        static string Safe(string? value) => MarkdownText.Safe(value);

        static string Code(string value) => MarkdownText.Code(value);
    }

    static string Word(StageStatus status) => status switch
    {
        StageStatus.Passed => "passed",
        StageStatus.Failed => "failed",
        StageStatus.Skipped => "skipped",
        _ => "not enough evidence",
    };
}
