using System.Reflection;
using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Diagnosis;

/// <param name="Findings">Ranked, the cause to fix first at the head; consequences folded away.</param>
/// <param name="Folded">Findings that another one explains.</param>
public sealed record DiagnosisResult(
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<Finding> Folded,
    IReadOnlyList<(CheckInfo Info, Verdict Verdict)> Verdicts)
{
    /// <summary>What a project and a command line set.</summary>
    public CheckSettings Settings { get; init; } = CheckSettings.Default;
}

/// <summary>Runs the checks over a recorded run. A pure function of the run: live and replay agree.</summary>
public static class Diagnose
{
    public static DiagnosisResult Everything(Run run, CheckSettings? settings = null) => With(Catalog.Create(settings), run, settings);

    public static DiagnosisResult With(IReadOnlyList<Check> checks, Run run, CheckSettings? settings = null)
    {
        settings ??= CheckSettings.Default;
        var feeds = checks.Select(c => new CheckFeed(c, settings)).ToArray();
        foreach (var observation in run.Observations)
            foreach (var feed in feeds)
                feed.Read(observation);

        var verdicts = feeds.Select(f => (f.Check.Info, Verdict: f.Conclude())).ToArray();
        var all = verdicts.Select(v => v.Verdict).OfType<Verdict.Found>().Select(f => f.Finding).ToArray();
        var (kept, folded) = Fold(all, checks.ToDictionary(c => c.Info.Code, c => c.Info));
        return new DiagnosisResult(Rank(kept), folded, verdicts) { Settings = settings };
    }

    /// <summary>Folds each consequence under its first cause, following chains to the root; a suspicion never hides a proof.</summary>
    static (List<Finding> Kept, List<Finding> Folded) Fold(Finding[] all, Dictionary<string, CheckInfo> infos)
    {
        Finding? CauseOf(Finding finding) => all.FirstOrDefault(cause => cause != finding
            && cause.EvidenceClass >= finding.EvidenceClass
            && (cause.Explains.Contains(finding.Code) || infos[cause.Code].Explains.Contains(finding.Code)));

        Finding RootOf(Finding finding)
        {
            var seen = new HashSet<Finding>();
            while (seen.Add(finding) && CauseOf(finding) is { } cause) finding = cause;
            return finding;
        }

        var roots = all.ToDictionary(f => f, RootOf);
        var kept = all.Where(f => roots[f] == f).ToArray();
        // Findings that explain each other in a circle have no root of their own: keep them all.
        if (kept.Length == 0) return ([.. all], []);
        return ([.. kept.Select(f => f with { Explains = [.. all.Where(g => g != f && roots[g] == f).Select(g => g.Code).Distinct().Order(StringComparer.Ordinal)] })],
            [.. all.Where(f => roots[f] != f)]);
    }

    static IReadOnlyList<Finding> Rank(List<Finding> findings) =>
    [
        .. findings.OrderByDescending(f => f.Level)
            .ThenByDescending(f => f.EvidenceClass)
            .ThenByDescending(f => f.Explains.Count)
            .ThenBy(f => f.Code, StringComparer.Ordinal),
    ];

    /// <summary>Delivers to one check what it reads; a check that throws is crashed for itself alone.</summary>
    sealed class CheckFeed(Check check, CheckSettings settings)
    {
        readonly Exclusion? _excluded = settings.ExclusionOf(check.Info);
        readonly Dictionary<Type, MethodInfo> _readers = check.GetType().GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReads<>))
            .ToDictionary(i => i.GetGenericArguments()[0], i => i.GetMethod(nameof(IReads<>.Read))!);
        string? _crash;

        public Check Check => check;

        public void Read(Observation observation)
        {
            if (_crash is not null || _excluded is { Runs: false } || !_readers.TryGetValue(observation.GetType(), out var read)) return;
            try
            {
                read.Invoke(check, [observation]);
            }
            catch (TargetInvocationException e)
            {
                _crash = Describe(e.InnerException ?? e);
            }
        }

        public Verdict Conclude()
        {
            if (_excluded is { Runs: false } left) return new Verdict.Ignored(left.Why);
            var verdict = Judge();
            // A crash is told whatever is ignored: nobody asked for it to be hidden.
            if (verdict is Verdict.Crashed) return verdict;
            if (verdict is not Verdict.Found { Finding: var finding }) return _excluded is { } quiet ? new Verdict.Ignored(quiet.Why) : verdict;
            finding = WithChangedLimits(finding);
            return (_excluded ?? (finding.Location is { } at ? settings.ExclusionOf(check.Info, at.File) : null)) is { } excluded
                ? new Verdict.Ignored(excluded.Why, finding)
                : new Verdict.Found(finding);
        }

        /// <summary>A limit that the project has set is told beside what it led to.</summary>
        Finding WithChangedLimits(Finding finding)
        {
            ChangedLimit[] changed = [.. settings.ChangedLimits().Where(c => c.Check == check.Info.Name)];
            return changed.Length == 0 ? finding : finding with
            {
                Notes = [.. finding.Notes, .. changed.Select(c => $"{settings.File ?? "the project"} sets the limit {c.Limit} to {Limit.Text(c.Value)}; the default is {Limit.Text(c.Default)}")],
            };
        }

        Verdict Judge()
        {
            if (_crash is not null) return new Verdict.Crashed(_crash);
            try
            {
                return check.Conclude();
            }
#pragma warning disable CA1031 // Whatever a check throws, it must not take the others down.
            catch (Exception e)
#pragma warning restore CA1031
            {
                return new Verdict.Crashed(Describe(e));
            }
        }

        static string Describe(Exception e) => $"{e.GetType().Name}: {e.Message}";
    }
}
