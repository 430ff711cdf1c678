using Pessimist.Checks;
using Pessimist.Observations;

namespace Pessimist.Diagnosis;

/// <summary>
/// What experiments confirmed, carried to the check of the same name: a finding gets its proof, and a check that could not see the cause by
/// itself names it all the same.
/// </summary>
public static class Confirmation
{
    static readonly string[] s_stages = ["single-batch", "training", "program"];

    public static Verdict Of(CheckInfo info, Verdict verdict, IReadOnlyList<ExperimentFinished> experiments)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(experiments);
        if (experiments.FirstOrDefault(e => e.Outcome == ExperimentOutcome.Confirmed && e.Cause == info.Name && s_stages.Contains(e.For)) is not { } confirmed) return verdict;
        switch (verdict)
        {
            case Verdict.Found { Finding: var finding } when finding.Confirmation.Length == 0:
                return new Verdict.Found(finding with
                {
                    EvidenceClass = finding.EvidenceClass < EvidenceClass.Confirmed ? EvidenceClass.Confirmed : finding.EvidenceClass,
                    Level = confirmed.For == "single-batch" && finding.Level < LevelOf(info) ? LevelOf(info) : finding.Level,
                    Location = finding.Location ?? At(confirmed),
                    Confirmation = confirmed.Confirmation ?? confirmed.Reading,
                    Causes = [new Cause(info.Name, 1, confirmed.Id), .. finding.Causes.Where(c => c.Name != info.Name)],
                    Explains = [.. finding.Explains.Union(Consequences.OfCause).Where(c => c != info.Code)],
                });
            case Verdict.Passed or Verdict.NotEnoughEvidence or Verdict.NotApplicable:
                return new Verdict.Found(new Finding
                {
                    Code = info.Code,
                    Name = info.Name,
                    Level = confirmed.For == "single-batch" ? LevelOf(info) : info.Level < Level.Warning ? info.Level : Level.Warning,
                    EvidenceClass = EvidenceClass.Confirmed,
                    Message = info.Summary,
                    Location = At(confirmed),
                    Evidence = [.. confirmed.Measured.Select(m => new Evidence(m.Key, m.Value.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture)))],
                    Confirmation = confirmed.Confirmation ?? confirmed.Reading,
                    Causes = [new Cause(info.Name, 1, confirmed.Id)],
                    Fixes = confirmed.Remedy is { } remedy ? [$"use {remedy}"] : [],
                    Explains = [.. Consequences.OfCause.Where(c => c != info.Code)],
                });
            default:
                return verdict;
        }
    }

    /// <summary>What keeps a batch from being learned is more than a note, whatever it is elsewhere.</summary>
    static Level LevelOf(CheckInfo info) => info.Level < Level.Warning ? Level.Warning : info.Level;

    static Location? At(ExperimentFinished experiment) => experiment.Site is { } site ? new Location(site.File, site.Line, site.Function) : null;
}
