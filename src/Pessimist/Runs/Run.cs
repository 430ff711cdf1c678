using Pessimist.Observations;

namespace Pessimist.Runs;

/// <summary>Everything observed in one run, in order. Append-only; a sink (the run folder) sees each observation as it comes.</summary>
public sealed class Run(Action<Observation>? sink = null)
{
    readonly List<Observation> _observations = [];
    readonly Lock _lock = new();

    public void Add(Observation observation)
    {
        lock (_lock)
        {
            _observations.Add(observation);
            sink?.Invoke(observation);
        }
    }

    public IReadOnlyList<Observation> Observations
    {
        get
        {
            lock (_lock) return [.. _observations];
        }
    }

    public IEnumerable<T> All<T>() where T : Observation => Observations.OfType<T>();

    public static Run Of(IEnumerable<Observation> observations)
    {
        var run = new Run();
        foreach (var observation in observations) run.Add(observation);
        return run;
    }
}
