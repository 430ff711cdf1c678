using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>
/// Which evaluated examples the network was trained on before, by the hashes of their inputs, for each source of evaluated batches. Only some
/// batches of a run are recorded, so the shares are read against the share of the training set that was recorded by then.
/// </summary>
public sealed class EvaluatedExamples
{
    readonly ExampleHashes _trained = new();
    readonly HashSet<int> _trainLoaders = [];
    readonly Dictionary<int, LoaderBuilt> _loaders = [];
    readonly SortedDictionary<int, Source> _sources = [];
    readonly HashSet<int> _models = [];
    readonly Dictionary<int, int> _firstEpochs = [];
    readonly List<MetricReported> _claims = [];
    long _rows, _repeats;
    bool _anyTrained;

    /// <summary>Examples of one loader, or of none (key -1).</summary>
    public sealed class Source
    {
        readonly HashSet<long> _steps = [];

        public required LoaderBuilt? Loader { get; init; }

        /// <summary>Training passes use this loader too.</summary>
        public bool FromTrainLoader { get; internal set; }
        public long Rows { get; internal set; }

        /// <summary>Rows that were trained on before.</summary>
        public long Trained { get; internal set; }

        /// <summary>Rows that would be recorded as trained on, were all of them training examples; NaN when the size of the training set is not known.</summary>
        public double Expected { get; internal set; }
        public Site? Site { get; internal set; }

        /// <summary>How often it was evaluated, by the number of steps at which it was.</summary>
        public int Evaluations => _steps.Count;
        public IReadOnlyCollection<long> Steps => _steps;

        internal void Add(long step)
        {
            if (_steps.Count < 100_000) _steps.Add(step);
        }

        /// <summary>Every evaluated example is a training example, as far as the record can tell.</summary>
        public bool IsAllTrained => Trained > 0 && (double.IsNaN(Expected) ? Trained >= 0.99 * Rows : Trained >= 0.9 * Expected);
    }

    public void Read(ModuleBuilt module)
    {
        ArgumentNullException.ThrowIfNull(module);
        // A new network has not seen what the one before it was trained on, as in cross-validation.
        if (!_models.Add(module.Model) || !_anyTrained) return;
        _trained.Clear();
        _anyTrained = false;
    }

    public void Read(LoaderBuilt loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        _loaders[loader.Loader] = loader;
    }

    /// <summary>Values that the program calls validation or test.</summary>
    public void Read(MetricReported metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.Split is "validation" or "test" && _claims.Count < 1000) _claims.Add(metric);
    }

    public void Read(BatchObserved batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Phase == Phase.Train) Train(batch);
        else if (batch.Phase == Phase.Evaluate && batch.Step > 0) Evaluate(batch);
    }

    /// <summary>Evaluated batches without hashes: then a silence says nothing.</summary>
    public bool Unhashed { get; private set; }

    public bool HasTrained => _rows > 0;

    public IReadOnlyList<Source> Sources
    {
        get
        {
            foreach (var (loader, source) in _sources) source.FromTrainLoader = _trainLoaders.Contains(loader);
            return [.. _sources.Values];
        }
    }

    /// <summary>The metric that the program calls validation or test at a step at which this source was evaluated; null for none.</summary>
    public MetricReported? Claim(Source source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return _claims.FirstOrDefault(c => source.Steps.Contains(c.Step));
    }

    /// <summary>Share of training examples that equal an earlier one within a first epoch: what repeats by nature.</summary>
    public double NaturalRepeats => _rows == 0 ? 0 : (double)_repeats / _rows;

    void Train(BatchObserved batch)
    {
        _anyTrained = true;
        var firstEpoch = false;
        if (batch.Loader is { } loader)
        {
            _trainLoaders.Add(loader);
            _firstEpochs.TryAdd(loader, batch.Epoch ?? 0);
            firstEpoch = _firstEpochs[loader] == (batch.Epoch ?? 0);
        }

        // Without a loader nobody knows where an epoch ends: then only repeats within a batch are natural for sure.
        var inBatch = firstEpoch ? null : new HashSet<string>(StringComparer.Ordinal);
        foreach (var example in batch.Examples)
        {
            var isNew = _trained.Add(example);
            if (!firstEpoch) isNew = inBatch!.Add(example);
            _rows++;
            if (!isNew) _repeats++;
        }
    }

    void Evaluate(BatchObserved batch)
    {
        if (batch.Examples.Count == 0)
        {
            Unhashed = true;
            return;
        }

        var key = batch.Loader ?? -1;
        if (!_sources.TryGetValue(key, out var source))
        {
            if (_sources.Count >= 256) return;
            _sources[key] = source = new Source { Loader = _loaders.GetValueOrDefault(key), Site = batch.Site };
        }

        source.Add(batch.Step);
        source.Rows += batch.Examples.Count;
        source.Trained += batch.Examples.Count(_trained.Contains);
        source.Expected += Recorded is { } share ? share * batch.Examples.Count : double.NaN;
    }

    /// <summary>Share of the training examples that were recorded so far, 0 to 1.</summary>
    double? Recorded
    {
        get
        {
            var sizes = _trainLoaders.Select(l => _loaders.GetValueOrDefault(l)?.Examples).ToArray();
            return sizes.Length == 0 || sizes.Any(s => s is not > 0) ? null : Math.Min(1, (double)_trained.Count / sizes.Max()!.Value);
        }
    }
}
