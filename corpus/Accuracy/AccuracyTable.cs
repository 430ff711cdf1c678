using System.Globalization;
using System.Text;
using Pessimist.Checks;
using Pessimist.Evaluation;

namespace Pessimist.Corpus.Accuracy;

/// <summary>docs/accuracy.md: what the diagnosis says of the programs of the corpus, the half that limits were tuned on and the other.</summary>
static class AccuracyTable
{
    public static string Render(IReadOnlyList<Judged> all)
    {
        var text = new StringBuilder("""
            # Accuracy on the corpus

            Written by `corpus/accuracy.sh`; run it again to measure again. Each program of `corpus/` trains once under the probe; then its first batch is to be
            learned by heart, and when that fails, experiments look for the cause. Limits were tuned on the half *tune*; the half *report* was written
            with other architectures, tasks and scales. Checks were not written by its programs, but what the table says of it was read while they were
            mended, so it is no blind test. Intervals are 95 % (Wilson).

            - *detected*: a sick program gets an error or a warning (or the note that its fault is, by the catalogue).
            - *named*: the planted fault is among what is told, or folded under it. *named first*: it is what is told first.
            - *false error*, *false warning*: programs with at least one finding of that level that is not true of them. On sick programs the planted
              fault, what is listed as true beside it, and symptoms (PES9.., PES301, PES607, PES611) do not count.


            """);
        text.Append("| | tune | report |\n|---|---:|---:|\n");
        Judged[][] halves = [[.. all.Where(j => j.Program.Half == Half.Tune)], [.. all.Where(j => j.Program.Half == Half.Report)]];
        Row(text, "sick programs", halves, h => $"{h.Count(IsSick)}");
        Row(text, "detected", halves, h => Share(h.Where(IsSick), j => j.Detected));
        Row(text, "named", halves, h => Share(h.Where(IsSick), j => j.Named));
        Row(text, "named first", halves, h => Share(h.Where(IsSick), j => j.NamedFirst));
        Row(text, "with a false error", halves, h => Share(h.Where(IsSick), j => j.False(Level.Error).Any()));
        Row(text, "with a false warning", halves, h => Share(h.Where(IsSick), j => j.False(Level.Warning).Any()));
        Row(text, "healthy programs", halves, h => $"{h.Count(j => j.Program.IsHealthy)}");
        Row(text, "with a false error", halves, h => Share(h.Where(j => j.Program.IsHealthy), j => j.False(Level.Error).Any()));
        Row(text, "with a false warning", halves, h => Share(h.Where(j => j.Program.IsHealthy), j => j.False(Level.Warning).Any()));
        text.Append(CultureInfo.InvariantCulture, $"\nChecks that crashed: {all.Sum(j => j.Result.Verdicts.Count(v => v.Verdict is Verdict.Crashed))}.\n");
        foreach (var (title, half) in new[] { ("The half that is reported", halves[1]), ("The half that limits were tuned on", halves[0]) })
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| program | planted | told first | also told | folded under the first |\n|---|---|---|---|---|\n");
            foreach (var judged in half.OrderBy(j => j.Program.IsHealthy).ThenBy(j => string.Join(',', j.Program.Cause), StringComparer.Ordinal).ThenBy(j => j.Program.Name, StringComparer.Ordinal))
                text.Append(Line(judged));
        }

        return text.ToString();
    }

    static bool IsSick(Judged judged) => !judged.Program.IsHealthy;

    static void Row(StringBuilder text, string name, Judged[][] halves, Func<Judged[], string> cell) =>
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {cell(halves[0])} | {cell(halves[1])} |\n");

    static string Share(IEnumerable<Judged> of, Func<Judged, bool> which)
    {
        Judged[] all = [.. of];
        if (all.Length == 0) return "-";
        var count = all.Count(which);
        var interval = Wilson.Interval(count, all.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{count} of {all.Length} = {100.0 * count / all.Length:0} % [{100 * interval.Low:0}, {100 * interval.High:0}]");
    }

    static string Line(Judged judged)
    {
        var told = judged.Findings.Where(f => f.Level >= Level.Warning || judged.Program.Cause.Contains(f.Code)).ToArray();
        var planted = judged.Program.IsHealthy ? "healthy" : string.Join(" or ", judged.Program.Cause);
        var first = told is [var head, ..] ? head : null;
        return $"| {judged.Program.Name} | {planted} | {(first is null ? "" : Word(judged, first))} | {string.Join(", ", told.Skip(1).Select(f => Word(judged, f)))} | {string.Join(", ", first?.Explains ?? [])} |\n";
    }

    static string Word(Judged judged, Finding finding)
    {
        var wrong = judged.False(finding.Level).Contains(finding) && finding.Level >= Level.Warning;
        return $"{(wrong ? "**" : "")}{finding.Code} {finding.Level.ToString().ToLowerInvariant()} {finding.EvidenceClass.ToString().ToLowerInvariant()}{(wrong ? "**" : "")}";
    }
}
