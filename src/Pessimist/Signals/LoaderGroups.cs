using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>
/// Loaders by what they are to the program: one that is constructed anew at the same line for each epoch, over as many examples, is the same loader in
/// its next epoch.
/// </summary>
sealed class LoaderGroups
{
    const int Most = 100_000;

    readonly Dictionary<int, int> _firstOf = [];
    readonly Dictionary<(Site Site, long? Examples, int? BatchSize, bool? Shuffles), int> _known = [];
    readonly Dictionary<int, LoaderBuilt> _built = [];
    readonly Dictionary<int, (int Loader, int Epoch, int Pass)> _passes = [];

    public void Read(LoaderBuilt loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        if (_firstOf.Count >= Most) return;
        var first = loader.Loader;
        if (loader.Site is { } site)
        {
            var identity = (site, loader.Examples, loader.BatchSize, loader.Shuffles);
            if (!_known.TryGetValue(identity, out first)) _known[identity] = first = loader.Loader;
        }

        _firstOf[loader.Loader] = first;
        _built.TryAdd(first, loader);
    }

    /// <summary>The first loader of a group, by its number; null when its construction was not seen.</summary>
    public LoaderBuilt? this[int first] => _built.GetValueOrDefault(first);

    /// <summary>The batch under the number of the first loader of its group, its epoch counted over the group.</summary>
    public BatchObserved Grouped(BatchObserved batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Loader is not { } loader) return batch;
        var first = _firstOf.GetValueOrDefault(loader, loader);
        var epoch = batch.Epoch ?? 0;
        if (!_passes.TryGetValue(first, out var last)) last = (loader, epoch, 0);
        else if (last.Loader != loader || last.Epoch != epoch) last = (loader, epoch, last.Pass + 1);
        _passes[first] = last;
        return batch with { Loader = first, Epoch = last.Pass };
    }
}
