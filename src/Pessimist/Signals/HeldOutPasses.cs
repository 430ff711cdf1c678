using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>
/// Which forward passes of a watched program evaluate a network on data that it does not train on: no backward pass follows, the network is
/// trained elsewhere in the program, and at that step batches came from a loader that no training pass uses; or from no loader, and were new,
/// and a loss or a metric was computed. Passes without a backward pass alone are no evaluation: the generator's in a discriminator's step, a
/// teacher's, a recalibration of batch norm, a running accuracy of the training batch, a dry run before the training.
/// </summary>
public sealed class HeldOutPasses
{
    const int MostSteps = 2048;
    const int MostPasses = 4096;
    const int ExamplesOfStep = 64;

    readonly Dictionary<long, Evaluation> _steps = [];
    readonly List<PassObserved> _passes = [];
    readonly HashSet<int> _trainLoaders = [];
    readonly HashSet<int> _trainModels = [];
    readonly HashSet<int> _optimizers = [];
    readonly LoaderGroups _loaders = new();
    readonly ExampleHashes _trained = new(20_000);

    public void Read(PassObserved pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (pass.Phase == Phase.Train) _trainModels.Add(pass.Model);
        if (pass.Phase == Phase.Evaluate && pass.Step > 0 && _passes.Count < MostPasses) _passes.Add(pass);
    }

    public void Read(BatchObserved batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch = _loaders.Grouped(batch);
        if (batch.Phase == Phase.Train)
        {
            if (batch.Loader is { } loader) _trainLoaders.Add(loader);
            foreach (var example in batch.Examples) _trained.Add(example);
        }

        if (batch.Phase == Phase.Evaluate && batch.Step > 0) At(batch.Step)?.Add(batch);
    }

    public void Read(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Phase == Phase.Evaluate && At(loss.Step) is { } evaluation) evaluation.Judged = true;
    }

    public void Read(MetricReported metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        // Answers that were counted were compared with labels, whatever the program calls it.
        if ((metric.Split is "validation" or "test" || metric is { Counted: not null, Examples: > 0, Split: null }) && At(metric.Step) is { } evaluation) evaluation.Judged = true;
    }

    public void Read(LoaderBuilt loader) => _loaders.Read(loader);

    public void Read(OptimizerBuilt optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        _optimizers.Add(optimizer.Optimizer);
    }

    /// <summary>Several networks, each with its own optimizer: passes without a backward pass belong to the game.</summary>
    public bool IsGame => _trainModels.Count > 1 && _optimizers.Count > 1;

    /// <summary>The passes, in order. Complete only when the whole run was read.</summary>
    public IEnumerable<PassObserved> Passes => _passes.Where(p => _trainModels.Contains(p.Model) && IsHeldOut(p.Step));

    public bool IsHeldOut(long step) => _steps.TryGetValue(step, out var evaluation) && evaluation.IsHeldOut(_trainLoaders, _trained);

    /// <summary>The loaders that held-out data come from at this step.</summary>
    public IEnumerable<LoaderBuilt> LoadersAt(long step) => !_steps.TryGetValue(step, out var evaluation) ? []
        : evaluation.Loaders.Where(l => !_trainLoaders.Contains(l)).Order().Select(l => _loaders[l]).OfType<LoaderBuilt>();

    /// <summary>The same batch goes through the network several times at this step, as when predictions are averaged over dropout masks.</summary>
    public bool Repeats(long step)
    {
        if (!_steps.TryGetValue(step, out var evaluation)) return false;
        // Several networks may be evaluated on the same data, such as one and its moving average.
        if (evaluation.MostTimes > Math.Max(1, _passes.Where(p => p.Step == step).Select(p => p.Model).Distinct().Count())) return true;
        long batches = 0;
        foreach (var loader in evaluation.Loaders)
        {
            if (_loaders[loader]?.Batches is not { } all) return false;
            batches += all;
        }

        return batches > 0 && _passes.Where(p => p.Step == step).GroupBy(p => p.Model).Any(g => g.Sum(p => p.Passes) >= 2 * batches);
    }

    Evaluation? At(long step)
    {
        if (_steps.TryGetValue(step, out var evaluation)) return evaluation;
        if (_steps.Count >= MostSteps) return null;
        return _steps[step] = new Evaluation();
    }

    sealed class Evaluation
    {
        readonly List<string> _unknown = [];
        readonly Dictionary<string, int> _batches = [];
        bool _hasUnknown;

        public HashSet<int> Loaders { get; } = [];
        public bool Judged { get; set; }

        /// <summary>How often the batch that was seen most often went in.</summary>
        public int MostTimes { get; private set; }

        public void Add(BatchObserved batch)
        {
            if (batch.Inputs is [{ Hash: { } hash }, ..])
            {
                var times = _batches[hash] = _batches.GetValueOrDefault(hash) + 1;
                MostTimes = Math.Max(MostTimes, times);
            }

            if (batch.Loader is { } loader)
            {
                Loaders.Add(loader);
                return;
            }

            _hasUnknown = true;
            _unknown.AddRange(batch.Examples.Take(ExamplesOfStep - _unknown.Count));
        }

        public bool IsHeldOut(HashSet<int> trainLoaders, ExampleHashes trained) =>
            Loaders.Any(l => !trainLoaders.Contains(l))
            || _hasUnknown && Judged && _unknown.Count > 0 && trained.Count > 0 && !_unknown.Any(trained.Contains);
    }
}
