using Pessimist.Checks;
using Pessimist.Checks.Settings;
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
        var live = new LiveDiagnosis(checks, settings);
        foreach (var observation in run.Observations) live.Read(observation);
        return live.Result();
    }

    /// <summary>From the verdicts of all checks to what is told.</summary>
    internal static DiagnosisResult Of(IReadOnlyList<(CheckInfo Info, Verdict Verdict)> verdicts, CheckSettings settings)
    {
        var all = verdicts.Select(v => v.Verdict).OfType<Verdict.Found>().Select(f => f.Finding).ToArray();
        var infos = verdicts.ToDictionary(v => v.Info.Code, v => v.Info);
        var (kept, folded) = Fold(all, infos);
        return new DiagnosisResult(Rank(kept, infos), folded, verdicts) { Settings = settings };
    }

    /// <summary>Folds each consequence under its first cause, following chains to the root; a suspicion never hides a proof.</summary>
    static (List<Finding> Kept, List<Finding> Folded) Fold(Finding[] all, Dictionary<string, CheckInfo> infos)
    {
        // A cause that is known takes the symptom away that statistics needed to speak.
        var known = all.FirstOrDefault(f => f.EvidenceClass != EvidenceClass.Suspected && f.Level >= Level.Warning && IsOfTraining(f) && !infos[f.Code].IsSymptom
            && infos[f.Code].Explains.Concat(f.Explains).Any(IsSingleBatch));

        // Of several causes the one that is known best: two suspicions may explain each other.
        Finding? CauseOf(Finding finding) => all.OrderByDescending(f => f.EvidenceClass).FirstOrDefault(cause => cause != finding
            // What was shown by undoing it may explain a fact that was proved.
            && (cause.EvidenceClass >= finding.EvidenceClass || cause.EvidenceClass == EvidenceClass.Confirmed)
            // Where two explain each other, what one says of this very run counts more than what holds in general.
            && !finding.Explains.Contains(cause.Code)
            && (cause.Explains.Contains(finding.Code) || infos[cause.Code].Explains.Contains(finding.Code)))
            ?? (finding.EvidenceClass == EvidenceClass.Suspected && finding != known && IsOfTraining(finding) ? known : null);

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

    static bool IsSingleBatch(string code) => code.StartsWith("PES90", StringComparison.Ordinal);

    /// <summary>The network, the loss, gradients and optimization: what a single batch that is not fitted may be caused by.</summary>
    static bool IsOfTraining(Finding finding) => finding.Code[3] is '2' or '3' or '4' or '5' || finding.Code is "PES101" or "PES102";

    /// <summary>By level and evidence; but a cause that is only suspected comes before the symptom that it would explain.</summary>
    static List<Finding> Rank(List<Finding> findings, Dictionary<string, CheckInfo> infos)
    {
        List<Finding> ranked =
        [
            .. findings.OrderByDescending(f => f.Level)
                .ThenByDescending(f => f.EvidenceClass)
                .ThenByDescending(f => f.Explains.Count)
                .ThenBy(f => f.Code, StringComparer.Ordinal),
        ];
        foreach (var symptom in ranked.Where(f => infos[f.Code].IsSymptom).ToArray())
        {
            var at = ranked.IndexOf(symptom);
            var causes = ranked.Skip(at + 1).Where(f => f.Level >= Level.Warning && !infos[f.Code].IsSymptom && infos[f.Code].Explains.Contains(symptom.Code)).ToArray();
            ranked.RemoveAll(causes.Contains);
            ranked.InsertRange(at, causes);
        }

        return ranked;
    }
}
