using System.Text;
using Pessimist.Checks;
using Pessimist.Observations;

namespace Pessimist.Reporting;

/// <param name="Styles">Colour or none.</param>
/// <param name="Width">Columns of the terminal.</param>
/// <param name="ReportPath">Where the HTML report lies, relative to the working directory; null when it was not written.</param>
/// <param name="Verbose">Also the evidence of every stage and the reasons of every check.</param>
public sealed record TextOptions(Styles Styles, int Width = 100, string? ReportPath = null, bool Verbose = false);

/// <summary>The compact verdict for a terminal. The most important line, and where to go from here, come last.</summary>
public static class TextReport
{
    public static string Render(Report report, TextOptions options) => new Writer(report, options).Write();

    sealed class Writer(Report report, TextOptions options)
    {
        const int MaxEvidence = 6;
        const int MaxNext = 4;
        const int MaxFindings = 100;
        const int MaxItems = 12;
        const int MaxExplained = 40;
        const int MaxRows = 60;

        readonly StringBuilder _text = new();
        readonly Styles _style = options.Styles;
        readonly int _width = Math.Clamp(options.Width, 40, 160);

        public string Write()
        {
            Part("header", Header);
            Part("stages", Stages);
            foreach (var finding in report.Findings.Take(MaxFindings)) Part($"finding {finding.Code}", () => Finding(finding));
            if (report.Findings.Count > MaxFindings) Line($"\nand {Numbers.Plural(report.Findings.Count - MaxFindings, "finding")} more in the report");
            Part("results", Results);
            Part("decomposition", Decomposition);
            Part("confused classes", Confused);
            Part("next steps", Next);
            if (options.Verbose) Part("checks", Checks);
            Part("summary", Ending);
            return _text.ToString();
        }

        void Part(string name, Action write) => Sections.Write(_text, name, write, m => _style.Warning(Display.Fit(m, _width)));

        void Header()
        {
            var arguments = string.Join(' ', report.Run.Arguments.Select(Quoted));
            var command = Display.Clean($"{report.Tool.Name} {report.Run.Command} {arguments}".TrimEnd());
            Line(_style.Strong(Display.Fit(command, _width)));
            // The seed and the device of a program are its own.
            var on = report.Run is { ExitCode: not null } or { Program: not null }
                ? report.Run.Program is { } program ? program.Framework + (program.Steps is { } steps ? $"  {steps.ToString("N0", Numbers.Culture)} {(steps == 1 ? "step" : "steps")}" : "") : ""
                : report.Run.Device.Length > 0 ? $"{report.Run.Device}  seed {report.Run.Seed}" : "";
            Line(_style.Faint(Display.Fit(Display.Clean($"run {report.Run.Id}  {(on.Length > 0 ? on + "  " : "")}{Numbers.Seconds(report.Run.Seconds)}"), _width)));
        }

        static string Quoted(string argument) => argument.Length > 0 && !argument.Any(char.IsWhiteSpace) ? argument : $"'{argument}'";

        void Stages()
        {
            if (report.Stages.Count == 0) return;
            Line();
            var names = report.Stages.Max(s => Display.Width(Display.Clean(s.Name)));
            foreach (var stage in report.Stages.Take(MaxRows))
            {
                var time = stage.Status == StageStatus.Skipped ? "" : Numbers.Seconds(stage.Seconds);
                var head = $"{stage.Number,2} {Display.PadRight(Display.Clean(stage.Name), names)}  ";
                var room = _width - 2 - Display.Width(head) - 10;
                var lines = Display.Wrap(Display.Clean(stage.Summary), room).Take(2).ToArray();
                if (lines.Length == 0) lines = [""];
                Line($"{Mark(stage.Status)} {head}{Display.PadRight(lines[0], room)}{_style.Faint(Display.PadLeft(time, 10))}".TrimEnd());
                if (lines.Length > 1) Line(new string(' ', Display.Width(head) + 2) + lines[1]);
                if (options.Verbose)
                    foreach (var fact in stage.Evidence) Wrapped(new string(' ', 5), Display.Clean(fact), _style.Faint);
                if (stage.Status == StageStatus.Failed || options.Verbose)
                    foreach (var help in stage.Help) Wrapped("     help: ", Display.Clean(help));
            }
        }

        string Mark(StageStatus status) => status switch
        {
            StageStatus.Passed => _style.Good("✓"),
            StageStatus.Failed => _style.Error("✗"),
            StageStatus.Skipped => _style.Faint("–"),
            _ => _style.Warning("?"),
        };

        void Finding(Finding finding)
        {
            Line();
            var word = LevelWord(finding.Level);
            var title = $"{word}[{finding.Code}]: {Display.Clean(finding.Message)} ({finding.Name})";
            var evidence = EvidenceWord(finding.EvidenceClass);
            var lines = Display.Wrap(title, _width).ToArray();
            lines[^1] += Display.Width(lines[^1]) + 3 + evidence.Length <= _width ? "   " + evidence : "";
            Line(Levelled(finding.Level, lines[0]));
            foreach (var line in lines.Skip(1)) Line(line);
            if (!lines[^1].EndsWith("   " + evidence, StringComparison.Ordinal)) Line("   " + evidence);
            var gutter = new string(' ', finding.Location is { } at ? SourceLine.Gutter(at) : 2);
            if (Where(finding.Location) is { Length: > 0 } place) Line($"{gutter}{_style.Faint("-->")} {Display.Fit(place, _width - gutter.Length - 4)}");
            Source(finding, gutter);
            foreach (var related in finding.Related.Take(MaxItems))
                Line(Display.Fit($"{gutter}::: {Display.Clean(related.File)}{(related.Line is { } l ? ":" + l.ToString(Numbers.Culture) : "")}  {Display.Clean(related.Message)}", _width));
            if (finding.Evidence.Count > 0) Evidence(finding.Evidence);
            if (finding.Confirmation.Length > 0) Item("confirmed", finding.Confirmation);
            if (finding.Causes.Count > 0 && finding.Confirmation.Length == 0)
                Item("likely causes", string.Join(" · ", finding.Causes.Take(MaxItems).Select(c => $"{c.Name} ({Likely(c.Probability)})")));
            foreach (var note in finding.Notes.Take(MaxItems)) Item("note", note);
            if (finding.Explains.Count > 0) Item("explains", string.Join(", ", finding.Explains.Take(MaxExplained).Select(CodeWithName)));
            if (finding.Examples.Count > 0) Item("examples", Examples(finding.Examples));
            foreach (var fix in finding.Fixes.Take(MaxItems)) Item("help", fix);
        }

        void Source(Finding finding, string gutter)
        {
            if (finding.Location is not { } at || SourceLine.Of(at, _width - gutter.Length - 3) is not { Count: > 0 } lines) return;
            var bar = _style.Faint("|");
            Line($"{gutter} {bar}");
            foreach (var line in lines) Line($"{(line.IsMark ? line.Number : _style.Faint(line.Number))} {bar} {(line.IsMark ? Coloured(finding.Level, line.Text) : line.Text)}".TrimEnd());
            Line($"{gutter} {bar}");
        }

        string Levelled(Level level, string line)
        {
            var end = line.IndexOf(':', StringComparison.Ordinal);
            return end < 0 ? line : Coloured(level, line[..end]) + _style.Strong(line[end..]);
        }

        string Coloured(Level level, string text) => level switch
        {
            Level.Error => _style.Error(text),
            Level.Warning => _style.Warning(text),
            _ => _style.Note(text),
        };

        void Evidence(IReadOnlyList<Evidence> evidence)
        {
            (string Name, string Measured, string Limit)[] rows =
            [
                .. evidence.Take(MaxEvidence).Select(e => (Display.Clean(e.Name), Display.Clean(e.Measured), Display.Clean(e.Limit) + (e.Origin.Length > 0 ? $"  ({Display.Clean(e.Origin)})" : ""))),
            ];
            var name = Math.Clamp(rows.Max(r => Display.Width(r.Name)) + 3, 20, _width / 2);
            var measured = Math.Max("measured".Length, rows.Max(r => Display.Width(r.Measured)));
            Line($"   = evidence:{new string(' ', name - 7)}{_style.Faint(Display.PadRight("measured", measured))}   {_style.Faint("limit")}");
            foreach (var row in rows)
                Line(Display.Fit($"       {Display.PadRight(Display.Fit(row.Name, name - 2), name)}{Display.PadRight(row.Measured, measured)}   {row.Limit}", _width).TrimEnd());
            if (evidence.Count > MaxEvidence) Line(_style.Faint($"       and {evidence.Count - MaxEvidence} more in the report"));
        }

        void Item(string name, string text) => Wrapped($"   = {name}: ", Display.Clean(text));

        string CodeWithName(string code) =>
            report.Checks.FirstOrDefault(c => c.Code == code) is { } check ? $"{code} {check.Name}" : code;

        void Results()
        {
            List<string[]> rows = [];
            // Of earlier models the test error is enough; the report shows the rest.
            foreach (var m in (report.Metrics ?? []).Concat(report.Details.Metrics.Where(m => m.Split == "test" && !report.Metrics!.Contains(m))))
                rows.Add([$"{m.Split} {m.Metric}" + (m.Model is "" || report.Details.Metrics.All(x => x.Model == m.Model) ? "" : $" ({m.Model})"), Numbers.Metric(m.Metric, m.Value), Numbers.Interval(m.Metric, m.Low, m.High), Numbers.Count(m.N)]);
            foreach (var b in report.Baselines ?? [])
                rows.Add([$"baseline: {b.Name}, {b.Split} {b.Metric}", Numbers.Metric(b.Metric, b.Value), Numbers.Interval(b.Metric, b.Low, b.High), ""]);
            if (rows.Count == 0) return;
            Line();
            Table(["results", "value", "95 % interval", "n"], rows);
        }

        void Decomposition()
        {
            if (report.Decomposition is not { } all) return;
            // The last model is the one to go on with; the report shows the others too.
            var model = all[^1].Model;
            Line();
            Table([model is "start" or "" ? "error taken apart" : $"error taken apart, {model}", "value", "interval", "verdict"],
            [
                .. all.Where(t => t.Model == model).Select(t => (string[])
                [
                    Term(t.Term),
                    Numbers.Metric(t.Metric, t.Value),
                    Numbers.Interval(t.Metric, t.Low, t.High),
                    VerdictWord(t.Verdict) + (t.Verdict == TermVerdict.NoEvidence && t.Detectable is { } d ? $"; a gap of {Numbers.Metric(t.Metric, d)} could have been seen" : ""),
                ]),
            ]);
        }

        void Confused()
        {
            // One example is no pattern.
            ConfusedPair[] pairs = [.. (report.Confused ?? []).Where(p => p.Count > 1).Take(3)];
            if (pairs.Length == 0) return;
            Line();
            Wrapped("most confused: ", string.Join("; ", pairs.Select(p =>
                $"{Display.Clean(p.Label)} taken for {Display.Clean(p.Predicted)} ({Numbers.Plural(p.Count, "time")}, {Numbers.Percent(p.Share)} of all errors)")));
        }

        void Next()
        {
            if (report.Next.Count == 0) return;
            Line();
            Line(_style.Strong("what next"));
            var number = 0;
            foreach (var step in report.Next.Take(MaxNext))
            {
                Wrapped($"  {++number}. ", $"{Display.Clean(step.Action)}: {Display.Clean(step.Why)}");
                if (step.Command is { Length: > 0 } command) Line("     $ " + Display.Clean(command));
            }

            if (report.Next.Count > MaxNext) Line(_style.Faint($"  and {report.Next.Count - MaxNext} more in the report"));
        }

        void Checks()
        {
            Line();
            var verdicts = report.Checks.Count == 0 ? 0 : report.Checks.Max(c => c.Verdict.Length);
            var names = report.Checks.Count == 0 ? 0 : report.Checks.Max(c => Display.Width(c.Name));
            foreach (var check in report.Checks)
                Line(Display.Fit($"{check.Code} {Display.PadRight(check.Name, names)}  {check.Verdict.PadRight(verdicts)}  {Display.Clean(check.Why)}".TrimEnd(), _width));
        }

        void Ending()
        {
            Line();
            var counts = report.Summary.Checks;
            if (counts.Total > 0)
            {
                var folded = counts.Folded > 0 ? $" ({counts.Folded} folded)" : "";
                Wrapped("", $"{Numbers.Plural(counts.Total, "check")}: {counts.Passed} passed, {counts.Found} found{folded}, {counts.NotApplicable} not applicable, "
                    + $"{counts.NotEnoughEvidence} lacked evidence{(counts.Crashed > 0 ? $", {counts.Crashed} crashed" : "")}{(counts.Ignored > 0 ? $", {counts.Ignored} ignored" : "")}", _style.Faint);
            }

            foreach (var line in Asides.Of(report)) Wrapped("", Display.Clean(line), _style.Faint);

            if (report.Findings.Count > 0)
                Line($"{Numbers.Plural(report.Summary.Errors, "error")}, {Numbers.Plural(report.Summary.Warnings, "warning")}, {Numbers.Plural(report.Summary.Notes, "note")}");
            Wrapped("", Display.Clean(report.Summary.Verdict), Verdict);
            if (options.ReportPath is { Length: > 0 } path) Line("report: " + Display.Clean(path));
            Line("next:   " + Display.Clean(NextCommand(report)));
        }

        string Verdict(string line) => report.Summary.Errors > 0 ? _style.Error(line)
            : report.Summary.Warnings > 0 ? _style.Warning(line)
            : report.Run.Ending == "completed" && report.Stages.All(s => s.Status != StageStatus.Failed) ? _style.Good(line)
            : _style.Strong(line);

        void Table(string[] head, List<string[]> all)
        {
            var rows = all.Take(MaxRows).ToList();
            var widths = new int[head.Length];
            for (var c = 0; c < head.Length; c++) widths[c] = Math.Max(Display.Width(head[c]), rows.Max(r => Display.Width(Display.Clean(r[c]))));
            widths[0] = Math.Clamp(widths[0], 24, _width / 2);
            Line(_style.Strong(Row(head)));
            foreach (var row in rows) Line(Row(row));
            if (all.Count > MaxRows) Line(_style.Faint($"and {all.Count - MaxRows} more in the report"));

            // Names and the last column's words to the left, numbers to the right.
            string Row(string[] cells) => Display.Fit(string.Join("  ", cells.Select((text, c) =>
            {
                var clean = Display.Fit(Display.Clean(text), c == head.Length - 1 ? _width : widths[c]);
                return c is 0 || head[c] == "verdict" ? Display.PadRight(clean, widths[c]) : Display.PadLeft(clean, widths[c]);
            })).TrimEnd(), _width);
        }

        void Wrapped(string first, string text, Func<string, string>? style = null)
        {
            var indent = new string(' ', Display.Width(first));
            var lead = first;
            foreach (var line in Display.Wrap(text, _width - indent.Length))
            {
                Line(lead + (style?.Invoke(line) ?? line));
                lead = indent;
            }
        }

        void Line(string text = "") => _text.Append(text).Append('\n');
    }

    /// <summary>The command that helps most after reading the report.</summary>
    internal static string NextCommand(Report report) =>
        report.Findings.FirstOrDefault(f => f.Level > Level.Note) is { } finding ? $"{report.Tool.Name} explain {finding.Code}"
        : report.Next.FirstOrDefault(n => !string.IsNullOrEmpty(n.Command)) is { } next ? next.Command!
        : $"{report.Tool.Name} report {report.Run.Id}";

    /// <summary>File, line, column and row, as far as known.</summary>
    internal static string Where(Location? at)
    {
        if (at is null) return "";
        var text = new StringBuilder(Display.Clean(at.File));
        if (at.Line is { } line) text.Append(Numbers.Culture, $":{line}");
        if (at is { Line: not null, SourceColumn: { } column }) text.Append(Numbers.Culture, $":{column}");
        if (at.Column is { } data) text.Append(Numbers.Culture, $"  column `{Display.Clean(data)}`");
        if (at.Row is { } row) text.Append(Numbers.Culture, $"  row {row}");
        if (at.Function is { } function) text.Append(Numbers.Culture, $"  in `{Display.Clean(function)}`");
        if (at.Module is { Length: > 0 } module) text.Append(Numbers.Culture, $"  module `{Display.Clean(module)}`");
        return text.ToString();
    }

    internal static string Examples(IReadOnlyList<string> examples, int shown = 8) =>
        string.Join(", ", examples.Take(shown)) + (examples.Count > shown ? $" and {examples.Count - shown} more" : "");

    internal static string LevelWord(Level level) => level switch { Level.Error => "error", Level.Warning => "warning", _ => "note" };

    internal static string EvidenceWord(EvidenceClass evidence) => evidence switch
    {
        EvidenceClass.Proved => "proved",
        EvidenceClass.Confirmed => "confirmed",
        _ => "suspected",
    };

    /// <summary>The lecture's name of a term, with the word most people use.</summary>
    internal static string Term(string term) => term switch
    {
        "avoidable-bias" => "avoidable bias (underfitting)",
        "variance" => "variance (overfitting)",
        _ => term.Replace('-', ' '),
    };

    internal static string VerdictWord(TermVerdict verdict) => verdict switch
    {
        TermVerdict.Real => "real",
        TermVerdict.Negligible => "negligible",
        _ => "no evidence",
    };

    /// <summary>Confidence in words.</summary>
    internal static string Likely(double probability) => probability >= 0.95 ? "certain" : probability >= 0.5 ? "likely" : "possible";
}
