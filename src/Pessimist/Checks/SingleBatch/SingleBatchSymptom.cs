using Pessimist.Observations;

namespace Pessimist.Checks.SingleBatch;

/// <summary>One of the four ways in which a network fails to fit a single batch.</summary>
public abstract class SingleBatchSymptom(CheckInfo info, SingleBatchVerdict symptom) : SingleBatchCheck(info)
{
    protected const string Common = """

        ## How it is told
        One batch is frozen, and the network is trained on it from three seeds. The curve of the loss decides, never the settings. When most
        seeds show the same symptom, follow-up experiments change one thing at a time; a cause counts as confirmed when undoing it lets the
        batch be fitted. Then that cause is the finding, and this one is folded under it.

        ## When it is a false alarm
        Equal inputs with different labels and smoothed labels cannot reach 0; the floor they leave is computed and taken off. A loss that still
        falls is not reported. Losses with another floor than 0 would be misjudged, were they not told.
        """;

    public override Verdict Conclude()
    {
        if (Vote is not { } vote) return NotEnoughEvidence("no single batch was tried");
        if (vote == SingleBatchVerdict.NotEnoughEvidence) return NotEnoughEvidence(Attempts[0].Because);
        if (vote != symptom) return Passed($"the single batch {Words(vote)}");
        var shown = Attempts.Where(a => a.Verdict == symptom).ToArray();
        var confirmed = Experiments.FirstOrDefault(e => e is { For: "single-batch", Outcome: ExperimentOutcome.Confirmed });
        var suspects = Experiments.Where(e => e is { For: "single-batch", Outcome: ExperimentOutcome.Consistent, Cause: not null })
            .GroupBy(e => e.Cause!).Select(g => new Cause(g.Key, Math.Round(g.Max(e => e.Probability ?? 0), 2), g.Last().Id)).OrderByDescending(c => c.Probability).Take(3);
        // A batch that defeats a plain network as well may be hard rather than sick.
        var reference = Experiments.LastOrDefault(e => e is { For: "single-batch", Id: "reference-model" });
        if (confirmed is null && reference is { Outcome: ExperimentOutcome.Inconclusive })
            return NotEnoughEvidence($"a plain network does not get to the end of this batch either: {reference.Reading}");
        var hard = confirmed is null && reference is { Cause: "fault-in-data-or-targets" };
        return Found(Finding($"one frozen batch cannot be fitted: the loss {Words(vote)}", hard ? EvidenceClass.Suspected : EvidenceClass.Confirmed) with
        {
            Evidence = [.. Attempts.Select(a => new Evidence($"seed {a.Seed}: {Words(a.Verdict)}", a.Because))],
            Causes = confirmed?.Cause is { } cause ? [new Cause(cause, 1, confirmed.Id)] : [.. suspects],
            Confirmation = confirmed?.Confirmation ?? "",
            Notes =
            [
                $"{shown.Length} of {Attempts.Count} seeds show it",
                .. confirmed is null && Experiments.Count > 0 ? ["no cause was confirmed: what is listed is only consistent with the symptom"] : Array.Empty<string>(),
                .. confirmed is null ? Experiments.Where(e => e.Outcome == ExperimentOutcome.Consistent).Select(e => e.Reading).Distinct().Take(4) : [],
            ],
            Fixes = confirmed?.Remedy is { } remedy ? [$"use {remedy}"] : [.. Advice],
        });
    }

    /// <summary>The playbook's list for the symptom, in order; used when no cause was confirmed.</summary>
    protected abstract IReadOnlyList<string> Advice { get; }
}
