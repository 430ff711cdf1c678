using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>
/// Which evaluated examples the network was trained on before, by the hashes of their inputs, for each source of evaluated batches. Only some
/// batches of a run are recorded, so the shares are read against the share of the training set that was recorded by then.
/// </summary>
public sealed class EvaluatedExamples
{
    const int MostExamples = 200_000, MostSources = 256;

    readonly Dictionary<ulong, int> _trained = [];
    readonly HashSet<int> _trainLoaders = [];
    readonly LoaderGroups _loaders = new();
    readonly SortedDictionary<int, Source> _sources = [];
    readonly HashSet<int> _models = [];
    readonly List<MetricReported> _claims = [];

    /// <summary>Rows of first epochs, how many of them have a twin there, and how many distinct rows occur once, twice and more often.</summary>
    long _rows, _twins;
    bool _anyTrained;

    /// <summary>Examples of one loader, or of none (key -1), each counted as it was when it was evaluated last.</summary>
    public sealed class Source
    {
        internal Dictionary<ulong, (bool Trained, double Recorded)> Examples { get; } = [];
        readonly HashSet<long> _steps = [];

        public required LoaderBuilt? Loader { get; init; }

        /// <summary>Training passes use this loader too.</summary>
        public bool FromTrainLoader { get; internal set; }

        /// <summary>Distinct examples.</summary>
        public int Rows => Examples.Count;

        /// <summary>Those that were trained on before.</summary>
        public int Trained => Examples.Values.Count(e => e.Trained);

        /// <summary>How many would be recorded as trained on, were all of them training examples; NaN when the size of the training set is not known.</summary>
        public double Expected => Examples.Values.Sum(e => e.Recorded);
        public Site? Site { get; internal init; }

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

    public void Read(LoaderBuilt loader) => _loaders.Read(loader);

    /// <summary>Values that the program calls validation or test.</summary>
    public void Read(MetricReported metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.Split is "validation" or "test" && _claims.Count < 1000) _claims.Add(metric);
    }

    public void Read(BatchObserved batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch = _loaders.Grouped(batch);
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

    /// <summary>Share of training examples that equal another one within a first epoch: what repeats by nature, or was copied.</summary>
    public double Repeats => _rows == 0 ? 0 : (double)_twins / _rows;

    /// <summary>
    /// Examples were copied, and do not repeat by nature: many occur twice, and hardly any three times, in training and this source together. By nature
    /// counts are about Poisson, where twos and ones tell how many threes there are.
    /// </summary>
    public bool IsCopied(Source source)
    {
        ArgumentNullException.ThrowIfNull(source);
        long once = 0, twice = 0, more = 0;
        foreach (var (example, count) in _trained)
        {
            switch (count + (source.Examples.ContainsKey(example) ? 1 : 0))
            {
                case 1: once++; break;
                case 2: twice++; break;
                default: more++; break;
            }
        }

        var threes = twice * (2.0 * twice / Math.Max(1, once)) / 3;
        return twice >= 20 && threes >= 10 && more <= 0.1 * threes;
    }

    void Train(BatchObserved batch)
    {
        _anyTrained = true;
        // Without a loader nobody knows where an epoch ends: then only repeats within a batch are natural for sure.
        var isFirstEpoch = batch.Loader is not null && batch.Epoch == 0;
        if (batch.Loader is { } loader) _trainLoaders.Add(loader);
        var inBatch = isFirstEpoch ? null : new Dictionary<ulong, int>();
        foreach (var text in batch.Examples)
        {
            var example = ExampleHashes.Short(text);
            var known = _trained.TryGetValue(example, out var count);
            if (!known && _trained.Count >= MostExamples) continue;
            _trained[example] = isFirstEpoch ? count + 1 : Math.Max(1, count);
            if (!isFirstEpoch) inBatch![example] = (count = inBatch.GetValueOrDefault(example)) + 1;
            if (!isFirstEpoch && batch.Loader is not null) continue;
            _rows++;
            // The second of a kind makes two twins, each further one is one more.
            if (count > 0) _twins += count == 1 ? 2 : 1;
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
            if (_sources.Count >= MostSources) return;
            _sources[key] = source = new Source { Loader = _loaders[key], Site = batch.Site };
        }

        source.Add(batch.Step);
        var recorded = Recorded;
        foreach (var text in batch.Examples)
        {
            var example = ExampleHashes.Short(text);
            if (source.Examples.Count < MostExamples || source.Examples.ContainsKey(example)) source.Examples[example] = (_trained.ContainsKey(example), recorded);
        }
    }

    /// <summary>Share of the training examples that were recorded so far, 0 to 1; NaN when their number is not known.</summary>
    double Recorded
    {
        get
        {
            var sizes = _trainLoaders.Select(l => _loaders[l]?.Examples).ToArray();
            if (sizes.Length == 0 || sizes.Any(s => s is not > 0)) return double.NaN;
            // Copies are one example here: the share of distinct ones, where the first epoch shows how many there are to each.
            var copies = _trained.Count == 0 ? 1 : Math.Max(1, (double)_trained.Values.Sum(c => (long)c) / _trained.Count);
            return Math.Min(1, _trained.Count * copies / sizes.Max()!.Value);
        }
    }
}
