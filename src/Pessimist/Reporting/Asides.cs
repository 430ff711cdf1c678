using Pessimist.Checks.Settings;

namespace Pessimist.Reporting;

/// <summary>What a report must not keep silent about beside its findings: what is ignored, what crashed, which limits are not the defaults. One line each.</summary>
static class Asides
{
    const int MaxOfAKind = 10;

    public static IEnumerable<string> Of(Report report) =>
    [
        .. Some(report.Ignored ?? [], i => $"{i.Finding.Code} {i.Finding.Name} is {i.Why}: {i.Finding.Message}", "ignored finding"),
        .. Some(report.Settings?.Limits ?? [], l => $"{report.Settings!.File ?? "the project"} sets the limit {l.Limit} of {l.Check} to {Limit.Text(l.Value)}; the default is {Limit.Text(l.Default)}", "changed limit"),
        .. report.Run.Program is { } program ? Watching(program) : [],
        .. Some(report.Faults ?? [], f => f, "part that could not be made"),
        .. Some([.. report.Checks.Where(c => c.Verdict == "crashed")], c => $"{c.Code} {c.Name} crashed: {c.Why}", "crashed check"),
    ];

    /// <summary>What watching a program cost, and what could not be seen.</summary>
    static IEnumerable<string> Watching(ProgramInfo program)
    {
        if (program is { Seconds: > 0 and { } seconds, ProbeSeconds: { } spent })
            yield return $"watching took {Numbers.Percent(spent / seconds)} of the program's {Numbers.Seconds(seconds)}";
        if (program.Dropped > 0) yield return $"{Numbers.Plural((int)Math.Min(program.Dropped, int.MaxValue), "record")} left out so as not to slow the program down";
        foreach (var line in Some(program.Unobserved, u => $"not observed: {u}", "thing not observed")) yield return line;
        foreach (var line in Some(program.Faults, f => $"the probe failed in part: {f}", "fault of the probe")) yield return line;
    }

    static IEnumerable<string> Some<T>(IReadOnlyList<T> all, Func<T, string> line, string noun)
    {
        foreach (var one in all.Take(MaxOfAKind)) yield return line(one);
        if (all.Count > MaxOfAKind) yield return $"and {Numbers.Plural(all.Count - MaxOfAKind, noun)} more";
    }
}
