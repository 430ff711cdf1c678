using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES116 augmented-validation-data</summary>
public sealed class AugmentedValidationData(AugmentedValidationData.Limits limits) : Check(About), IReads<BatchObserved>, IReads<LoaderBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES116",
        Name = "augmented-validation-data",
        Level = Level.Warning,
        Summary = "random transforms change the validation data from one evaluation to the next",
        Explains = ["PES608"],
        Docs = """
            ## Why it matters
            The error is that of distorted examples, usually too high, and goes up and down by chance: networks cannot be compared by it.

            ## How it is told
            The same batches of a loader that no training pass uses come again at another step, with the same labels in the same order and other inputs.

            ## When it is a false alarm
            Silent are: several evaluations at the same step, over which predictions are averaged; loaders that shuffle; tasks without classes, where noise
            in the input may be the task (denoising, masked words).

            ## What to do
            Give the validation set transforms of its own: resize, crop in the middle, normalize.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of rows that must have come again as they were, and share that must not, where there are no class labels.</summary>
        [Origin(Origin.Convention)] public double Rows { get; init; } = 0.1;

        /// <summary>Labels that must be equal in order for batches to be taken for the same.</summary>
        [Origin(Origin.Convention)] public int Labels { get; init; } = 16;

        /// <summary>Share of batches that come again with other inputs.</summary>
        [Origin(Origin.Convention)] public double Changed { get; init; } = 0.5;
    }

    sealed class Source
    {
        public Dictionary<long, BatchObserved> First { get; } = [];
        public HashSet<(long Step, long Index)> Seen { get; } = [];
        public bool Averages { get; set; }
        public int Compared { get; set; }
        public int SameLabels { get; set; }
        public int Changed { get; set; }
        public long Labels { get; set; }

        /// <summary>Of batches that came again from a loader that keeps its order: rows that were the same, and rows that were not.</summary>
        public int SameRows { get; set; }
        public int ChangedRows { get; set; }
    }

    readonly SortedDictionary<int, Source> _sources = [];
    readonly LoaderGroups _loaders = new();
    readonly HashSet<int> _trainLoaders = [];

    public void Read(LoaderBuilt observation) => _loaders.Read(observation);

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation = _loaders.Grouped(observation);
        if (observation is { Loader: null, Phase: Phase.Evaluate, Step: > 0, Inputs: [{ Hash: not null }, ..] }) ReadWithoutLoader(observation);
        if (observation is not { Loader: { } loader, Index: { } index, Inputs: [{ Hash: { } hash }, ..] }) return;
        if (observation.Phase == Phase.Train) _trainLoaders.Add(loader);
        if (observation.Phase != Phase.Evaluate) return;
        if (!_sources.TryGetValue(loader, out var source)) _sources[loader] = source = new Source();
        if (observation.LabelOrder.Distinct().Take(2).Count() < 2)
        {
            if (_loaders[loader]?.Shuffles == false) CompareRows(source, index, observation);
            return;
        }

        if (source.Seen.Count >= 10_000) return;
        source.Averages |= !source.Seen.Add((observation.Step, index));
        if (source.First.TryAdd(index, observation)) return;
        var first = source.First[index];
        if (first.Step == observation.Step) return;
        source.Compared++;
        if (!first.LabelOrder.SequenceEqual(observation.LabelOrder) || first.Inputs[0].Shape.SequenceEqual(observation.Inputs[0].Shape) is false) return;
        source.SameLabels++;
        source.Labels += observation.LabelOrder.Count;
        if (first.Inputs[0].Hash != hash) source.Changed++;
    }

    /// <summary>Without class labels, rows that come again as they were show that those between them were changed.</summary>
    static void CompareRows(Source source, long index, BatchObserved batch)
    {
        if (source.Seen.Count >= 10_000) return;
        source.Averages |= !source.Seen.Add((batch.Step, index));
        if (source.First.TryAdd(index, batch)) return;
        var first = source.First[index];
        if (first.Step == batch.Step || first.Examples.Count != batch.Examples.Count) return;
        var same = first.Examples.Zip(batch.Examples).Count(p => p.First == p.Second);
        source.SameRows += same;
        source.ChangedRows += batch.Examples.Count - same;
    }

    /// <summary>Batches that come from no loader are known again by their labels: enough of them, in an order that is no order.</summary>
    void ReadWithoutLoader(BatchObserved batch)
    {
        if (batch.LabelOrder.Count < limits.Labels || batch.LabelOrder.Distinct().Take(2).Count() < 2 || batch.LabelOrder.Zip(batch.LabelOrder.Skip(1)).Count(p => p.First != p.Second) < limits.Labels / 3) return;
        var key = string.Join(' ', batch.LabelOrder);
        if (!_alone.TryGetValue(key, out var first))
        {
            if (_alone.Count < MostAlone) _alone[key] = batch;
            return;
        }

        // Twice in one evaluation: predictions are averaged over random changes.
        if (first.Step == batch.Step) _aloneAverages |= first.Inputs[0].Hash != batch.Inputs[0].Hash;
        else if (first.Inputs[0].Shape.SequenceEqual(batch.Inputs[0].Shape))
        {
            _aloneAgain++;
            if (first.Inputs[0].Hash != batch.Inputs[0].Hash) _aloneChanged++;
            _aloneSite ??= batch.Site;
        }
    }

    const int MostAlone = 1000;

    readonly Dictionary<string, BatchObserved> _alone = new(StringComparer.Ordinal);
    bool _aloneAverages;
    int _aloneAgain, _aloneChanged;
    Site? _aloneSite;

    Verdict WithoutLoader() => _aloneAgain == 0 ? NotEnoughEvidence("no validation batch with class labels came twice")
        : _aloneAverages || _aloneChanged < limits.Changed * _aloneAgain ? Passed("evaluated batches come again as they were, or are averaged over")
        : Found(Finding("evaluated batches come again with other inputs: random changes are made to them", EvidenceClass.Proved) with
        {
            Location = Location.Of(_aloneSite),
            Evidence = [new("batches that came again with the same labels and other inputs", string.Create(CultureInfo.InvariantCulture, $"{_aloneChanged} of {_aloneAgain}"), "0", "definition")],
            Fixes = ["prepare the data to evaluate on without random changes"],
        });

    public override Verdict Conclude()
    {
        var sources = _sources.Where(s => !_trainLoaders.Contains(s.Key)).ToArray();
        foreach (var (number, source) in sources)
        {
            var rows = source.SameRows + source.ChangedRows;
            if (source.Averages || rows < limits.Labels || source.SameRows < limits.Rows * rows || source.ChangedRows < limits.Rows * rows) continue;
            return Found(Finding("random changes are made to the validation data, others from one evaluation to the next", EvidenceClass.Proved) with
            {
                Location = Location.Of(_loaders[number]?.Site),
                Evidence = [new("rows that came again as others, between rows that came again as they were", string.Create(CultureInfo.InvariantCulture, $"{source.ChangedRows} of {rows}"), "0", "definition")],
                Fixes = ["prepare the validation data without random changes"],
            });
        }

        if (!sources.Any(s => s.Value.Compared > 0)) return WithoutLoader();
        foreach (var (number, source) in sources)
        {
            if (source.Averages || source.Labels < limits.Labels || source.SameLabels < 0.9 * source.Compared || source.Changed < limits.Changed * source.SameLabels) continue;
            var loader = _loaders[number];
            string[] transforms = [.. loader?.RandomTransforms ?? []];
            return Found(Finding("random transforms change the validation data from one evaluation to the next", EvidenceClass.Proved) with
            {
                Location = Location.Of(loader?.Site),
                Evidence =
                [
                    new("batches that came again with the same labels and other inputs", string.Create(CultureInfo.InvariantCulture, $"{source.Changed} of {source.SameLabels}"), "0", "definition"),
                    .. transforms.Length == 0 ? Array.Empty<Evidence>() : [new("transforms that draw random numbers", string.Join(", ", transforms))],
                ],
                Fixes = ["give the validation set transforms of its own, without random ones"],
            });
        }

        return Passed("validation batches come again as they were, or are shuffled or averaged over");
    }
}
