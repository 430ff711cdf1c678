using System.Globalization;
using Pessimist.Engine.Watching.Lines;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Data;

namespace Pessimist.Engine.Watching;

/// <summary>Looks at what goes into networks.</summary>
sealed class Batches(Session session)
{
    const int MostExamples = 256;
    const int MostChannels = 256;
    const long MostStatistics = 1 << 22;

    readonly List<WeakReference<Loader>> _loaders = [];
    int? _loader;
    int _epoch;
    long _index;
    long _rows = -1;
    Tensor? _targets;

    public void Constructed(Loader loader)
    {
        _loaders.Add(new(loader));
        session.Recording.Add(new LoaderBuilt
        {
            Loader = _loaders.Count - 1,
            Examples = loader.Data.Count,
            BatchSize = loader.BatchSize,
            Batches = loader.Count,
            Shuffles = loader.Shuffles,
            DropsLast = loader.DropLast,
            RandomTransforms = loader.Transform is { } transform ? [transform.Method.Name] : [],
            Site = CallStack.Find(),
        });
    }

    /// <summary>Of each loader that is still there.</summary>
    public IEnumerable<(long Examples, long BatchSize, long Batches)> Sizes()
    {
        foreach (var reference in _loaders)
            if (reference.TryGetTarget(out var loader)) yield return (loader.Data.Count, loader.BatchSize, loader.Count);
    }

    /// <summary>Number of a loader; one that was there before the probe gets its own now.</summary>
    public int NumberOf(Loader loader)
    {
        for (var i = _loaders.Count - 1; i >= 0; i--)
            if (_loaders[i].TryGetTarget(out var known) && ReferenceEquals(known, loader))
                return i;
        Constructed(loader);
        return _loaders.Count - 1;
    }

    public void HandedOut(Loader loader, Batch batch, int epoch, int index) =>
        (_loader, _epoch, _index, _rows, _targets) = (NumberOf(loader), epoch, index, batch.Count, batch.Targets);

    public void NextTurn() => _targets = null;

    /// <summary>What the batch looks like that a pass begins with; its target may follow with the loss.</summary>
    public BatchObserved Look(Pass pass, Tensor input)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var fromLoader = _rows >= 0 && pass.Examples == _rows;
        var (means, stds) = pass.Measures ? Channels(input) : ([], []);
        var batch = new BatchObserved
        {
            Step = pass.Step,
            Loader = fromLoader ? _loader : null,
            Epoch = fromLoader ? _epoch : null,
            Index = fromLoader ? _index : null,
            Inputs = [Facts.Measure(input, "input 0", hash: true)],
            Examples = Facts.RowHashes(input, MostExamples),
            ChannelMeans = means,
            ChannelStds = stds,
            Site = pass.Site,
        };
        return fromLoader && _targets is { IsDisposed: false } targets ? WithTarget(batch, targets) : batch;
    }

    public static BatchObserved WithTarget(BatchObserved batch, Tensor target)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var facts = Facts.Measure(target, "target", hash: true);
        if (target.DType.IsFloatingPoint() || target.DType == DType.Bool || target.Rank > 2 || target.Numel > MostStatistics || Facts.OnProcessor(target) is not { } here)
            return batch with { Target = facts };
        var classes = here.To(DType.Int64).AsSpan<long>();
        var labels = new Dictionary<long, long>();
        foreach (var label in classes) labels[label] = labels.GetValueOrDefault(label) + 1;
        return batch with
        {
            Target = facts,
            Labels = labels.OrderBy(l => l.Key).ToDictionary(l => l.Key.ToString(CultureInfo.InvariantCulture), l => l.Value),
            LabelOrder = target.Rank == 1 ? classes[..Math.Min(classes.Length, MostExamples)].ToArray() : [],
        };
    }

    static (IReadOnlyList<double> Means, IReadOnlyList<double> Stds) Channels(Tensor input)
    {
        if (input.Rank < 2 || input.Shape[1] > MostChannels || input.Numel is 0 or > MostStatistics || !input.DType.IsFloatingPoint()) return ([], []);
        long[] others = [.. Enumerable.Range(0, input.Rank).Where(d => d != 1).Select(d => (long)d)];
        var (variance, mean) = input.Detach().To(DType.Float64).VarMean(others, correction: 0);
        return (mean.ToArray<double>(), variance.Sqrt().ToArray<double>());
    }
}
