using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>PES211 excessive-dropout</summary>
public sealed class ExcessiveDropout(ExcessiveDropout.Limits limits) : CauseCheck(About), IReads<ModuleBuilt>, IReads<PassObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES211",
        Name = "excessive-dropout",
        Level = Level.Warning,
        Summary = "dropout removes so many units that the network cannot fit one batch",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            Dropout is noise. A network that cannot remember 32 examples through it will not learn from 32,000 either.

            It is reported when confirmed: without dropout, and nothing else changed, the same batch is fitted with two seeds. Without the experiment it is
            suspected of rates that hardly leave anything, while the training gets nowhere.

            ## When it is a false alarm
            Usual rates are never reported without the experiment: 0.5 on wide layers is common and fits.

            ## What to do
            Begin without dropout; add 0.1 to 0.5 when the network overfits.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) =>
        experiment.Found is { } found ? $"dropout {Format(found)} is too strong: {symptom}" : $"dropout is too strong: {symptom}";

    public sealed record Limits
    {
        /// <summary>Share of units that dropout removes.</summary>
        [Origin(Origin.Convention)] public double Rate { get; init; } = 0.8;
    }

    readonly List<ModuleBuilt> _dropouts = [];
    readonly HashSet<string> _on = new(StringComparer.Ordinal);

    public void Read(ModuleBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Type.Contains("Dropout", StringComparison.Ordinal) && _dropouts.Count < 1000) _dropouts.Add(observation);
    }

    public void Read(PassObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Phase == Phase.Train && _on.Count < 1000) _on.UnionWith(observation.DropoutsOn);
    }

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        if (Vote is SingleBatchVerdict.Passes || about.Any(e => e.Outcome == ExperimentOutcome.Refuted) || _dropouts.Count == 0) return base.Unconfirmed(about);
        var strong = _dropouts.Where(d => _on.Contains(d.Name) && d.Settings.GetValueOrDefault("p") >= limits.Rate).MaxBy(d => d.Settings["p"]);
        if (strong is null) return Passed("no dropout removes nearly everything");
        if (!HasSymptom) return NotEnoughEvidence("a dropout removes nearly everything, and nothing shows that it harms");
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{strong.Name} removes {strong.Settings["p"]:0 %} of its inputs, and the training gets nowhere"), EvidenceClass.Suspected) with
        {
            Location = At(strong.Site, strong.Name),
            Evidence = [new("rate", Format(strong.Settings["p"]), Format(limits.Rate), "convention"), new("symptom", Symptom)],
            Fixes = ["begin without dropout; add 0.1 to 0.5 when the network overfits"],
        });
    }
}
