using Pessimist.Observations;

namespace Pessimist.Checks;

/// <summary>
/// A cause of a failing single batch, or of a badly trained network, found when an experiment confirmed it by undoing it. Its name is the name
/// of the cause.
/// </summary>
public abstract class CauseCheck(CheckInfo info) : ProgramCheck(info)
{
    /// <summary>What every cause of a single batch that cannot be fitted may bring about.</summary>
    protected static readonly string[] Consequences = Checks.Consequences.OfCause;

    /// <summary>Where what is to blame was written; null when the probe did not see it.</summary>
    protected virtual Location? Where => null;

    /// <summary>The fact, without the remedy.</summary>
    protected abstract string Message(ExperimentFinished experiment, string symptom);

    /// <summary>Rows of measured and proven values.</summary>
    protected virtual IEnumerable<Evidence> Evidence(ExperimentFinished experiment) => [];

    protected virtual IEnumerable<string> Fixes(ExperimentFinished experiment) => experiment.Remedy is { } remedy ? [$"use {remedy}"] : [];

    public override Verdict Conclude()
    {
        var about = Experiments.Where(e => e.Cause == Info.Name && (e.For is "single-batch" or "training")).ToArray();
        if (about.FirstOrDefault(e => e.Outcome == ExperimentOutcome.Confirmed) is { } confirmed)
        {
            // A batch that cannot be fitted is an error, and so is what was shown to cause it; a network that is merely worse is a warning.
            var onBatch = confirmed.For == "single-batch";
            var symptom = onBatch ? $"the single batch {Words(Vote ?? SingleBatchVerdict.NotEnoughEvidence)}" : "the trained network is far worse than without it";
            var finding = Finding(Message(confirmed, symptom), EvidenceClass.Confirmed, onBatch ? Level.Error : Level.Warning);
            return Found(finding with
            {
                Location = finding.Location ?? Where,
                Evidence = [.. Evidence(confirmed), .. onBatch ? Attempt() : [], .. confirmed.Measured.Select(m => new Evidence(m.Key, Format(m.Value)))],
                Causes = [new Cause(Info.Name, 1, confirmed.Id)],
                Confirmation = confirmed.Confirmation ?? confirmed.Reading,
                Fixes = [.. Fixes(confirmed)],
                Notes = [.. Together(confirmed)],
            });
        }

        return Unconfirmed(about);
    }

    /// <summary>Called when no experiment confirmed the cause.</summary>
    protected virtual Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        ArgumentNullException.ThrowIfNull(about);
        if (Vote is not { } vote) return NotEnoughEvidence("no single batch was tried");
        if (vote == SingleBatchVerdict.Passes) return Passed("the single batch is fitted");
        if (about.LastOrDefault(e => e.Outcome == ExperimentOutcome.Refuted) is { } refuted) return Passed(refuted.Reading);
        return NotEnoughEvidence(about is [.., var last] ? $"only consistent with it: {last.Reading}"
            : vote == SingleBatchVerdict.NotEnoughEvidence ? "the single batch is undecided" : "no experiment asked about it");
    }

    IEnumerable<Evidence> Attempt() => Attempts.Take(1).Select(a => new Evidence($"single batch, seed {a.Seed}", a.Because));

    IEnumerable<string> Together(ExperimentFinished confirmed) => Experiments
        .Where(e => e.Outcome == ExperimentOutcome.Confirmed && e.Cause != Info.Name && e.For == confirmed.For).Select(e => e.Cause).OfType<string>().Distinct()
        .Select(cause => $"{cause} does harm as well: mend both");

    protected static string Format(double value) =>
        value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.###e0" : "0.####", System.Globalization.CultureInfo.InvariantCulture);
}
