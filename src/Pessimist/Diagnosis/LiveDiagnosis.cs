using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Observations;

namespace Pessimist.Diagnosis;

/// <summary>
/// A diagnosis that grows with its run: fed one observation after the other, asked at any time. What it says depends only on the
/// observations so far and their order, never on when it was asked before.
/// </summary>
public sealed class LiveDiagnosis
{
    readonly CheckSettings _settings;
    readonly CheckFeed[] _feeds;
    readonly Dictionary<Type, CheckFeed[]> _readers;
    readonly List<ExperimentFinished> _experiments = [];

    /// <param name="checks">New ones: a check serves one run.</param>
    public LiveDiagnosis(IReadOnlyList<Check> checks, CheckSettings? settings = null)
    {
        _settings = settings ?? CheckSettings.Default;
        _feeds = [.. checks.Select(c => new CheckFeed(c, _settings))];
        _readers = _feeds.SelectMany(f => f.Reads.Select(t => (Type: t, Feed: f))).GroupBy(r => r.Type, r => r.Feed).ToDictionary(g => g.Key, g => g.ToArray());
    }

    public static LiveDiagnosis Everything(CheckSettings? settings = null) => new(Catalog.Create(settings), settings);

    public void Read(Observation observation)
    {
        if (observation is ExperimentFinished { Outcome: ExperimentOutcome.Confirmed } experiment) _experiments.Add(experiment);
        if (!_readers.TryGetValue(observation.GetType(), out var feeds)) return;
        foreach (var feed in feeds) feed.Read(observation);
    }

    public DiagnosisResult Result() => Diagnose.Of([.. _feeds.Select(f => (f.Info, Confirmation.Of(f.Info, f.Conclude(), _experiments)))], _settings);
}
