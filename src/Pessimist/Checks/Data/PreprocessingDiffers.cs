using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES120 preprocessing-differs</summary>
public sealed class PreprocessingDiffers(PreprocessingDiffers.Limits limits) : Check(About), IReads<BatchObserved>, IReads<LossObserved>, IReads<LoaderBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES120",
        Name = "preprocessing-differs",
        Level = Level.Error,
        Summary = "the inputs that are evaluated are scaled differently from those that are trained on",
        Explains = ["PES608"],
        Docs = """
            ## Why it matters
            The network is asked in another language than it was taught: the evaluation is far too bad, whatever the training does.

            ## How it is told
            Where the smallest and the largest value are the same in nearly every batch, as in pictures, the two pairs give the factor and offset
            between the scales; mean and standard deviation must agree with them. That is proof. For tables, a warning: nearly every column of one side
            has mean 0 and standard deviation 1, and nearly none of the other side.

            ## When it is a false alarm
            Silent are: augmentation and noise, which change the ends of the range from batch to batch; shifted data, where some columns differ; sets that
            are evaluated on purpose beside one that agrees; fewer than three columns.

            ## What to do
            Apply the very same scaling to all sets: fit it on the training set once, and keep it with the network.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Batches with the same smallest and largest value.</summary>
        [Origin(Origin.Convention)] public double Pinned { get; init; } = 0.9;

        /// <summary>Difference of factor from 1, or offset in ranges, that counts as another scale.</summary>
        [Origin(Origin.Convention)] public double Scale { get; init; } = 0.2;

        /// <summary>Ratio of standard deviations, or difference of means in standard deviations, by which a column differs.</summary>
        [Origin(Origin.Convention)] public double Column { get; init; } = 3;

        /// <summary>Share of columns that must differ.</summary>
        [Origin(Origin.Convention)] public double Columns { get; init; } = 0.8;
    }

    const int MostBatches = 256, FewestBatches = 4, ManyExamples = 256;

    sealed record Values(string? Hash, long Rows, double Min, double Max, double Mean, double Std, IReadOnlyList<double> Means, IReadOnlyList<double> Stds, Site? Site);

    readonly List<Values> _train = [];
    readonly SortedDictionary<int, List<(long Step, Values Values)>> _evaluated = [];
    readonly HashSet<int> _trainLoaders = [];
    readonly HashSet<long> _judged = [];
    readonly LoaderGroups _loaders = new();
    string? _shape;

    public void Read(LoaderBuilt observation) => _loaders.Read(observation);

    public void Read(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Phase == Phase.Evaluate && _judged.Count < 100_000) _judged.Add(observation.Step);
    }

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        observation = _loaders.Grouped(observation);
        if (observation.Phase == Phase.Train && observation.Loader is { } loader) _trainLoaders.Add(loader);
        if (observation.Phase == Phase.Unknown || observation.Inputs is not [{ Min: { } min, Max: { } max, Mean: { } mean, Std: { } std } input, ..]) return;
        if (!input.DType.Contains("float", StringComparison.Ordinal) || input.Shape.Count < 2 || !double.IsFinite(min + max + mean + std)) return;
        // Inputs of another kind, as noise for a generator, are not compared.
        var shape = string.Join(',', input.Shape.Skip(1));
        if (observation.Phase == Phase.Train) _shape ??= shape;
        if (shape != _shape) return;
        var values = new Values(input.Hash, input.Shape[0], min, max, mean, std, observation.ChannelMeans, observation.ChannelStds, observation.Site);
        if (observation.Phase == Phase.Train)
        {
            if (_train.Count < MostBatches) _train.Add(values);
            return;
        }

        var key = observation.Loader ?? -1;
        if (!_evaluated.TryGetValue(key, out var list)) _evaluated[key] = list = [];
        if (list.Count < MostBatches) list.Add((observation.Step, values));
    }

    public override Verdict Conclude()
    {
        // Batches of no loader count where a loss was computed from them.
        var sources = _evaluated.Where(s => !_trainLoaders.Contains(s.Key))
            .Select(s => (Loader: s.Key, Batches: s.Value.Where(b => s.Key >= 0 || _judged.Contains(b.Step)).Select(b => b.Values).ToArray())).Where(s => s.Batches.Length > 0).ToArray();
        if (_train.Count < FewestBatches || sources.Length == 0) return NotEnoughEvidence("too few batches of both training and held-out data were measured");
        foreach (var (loader, batches) in sources)
            if (Range(batches) is { } finding) return Found(With(finding, loader, batches));
        var differing = sources.Select(s => (s.Loader, s.Batches, Finding: Columns(s.Batches))).ToArray();
        if (differing.All(d => d.Finding is not null)) return Found(With(differing[0].Finding!, differing[0].Loader, differing[0].Batches));
        return Passed("held-out inputs are scaled as the training inputs are");
    }

    Finding With(Finding finding, int loader, Values[] batches)
    {
        var site = _loaders[loader]?.Site ?? batches[0].Site;
        return finding with
        {
            Location = Location.Of(site),
            Fixes = ["apply the very same scaling to training and evaluation data"],
        };
    }

    /// <summary>The ends of the range give factor and offset; mean and deviation must agree.</summary>
    Finding? Range(Values[] evaluated)
    {
        if (Pinned([.. _train]) is not { } t || Pinned(evaluated) is not { } e) return null;
        double factor = (e.Max - e.Min) / (t.Max - t.Min), offset = e.Min - factor * t.Min, range = e.Max - e.Min;
        if (Math.Abs(Math.Log(factor)) < Math.Log(1 + limits.Scale) && Math.Abs(offset) < limits.Scale * range) return null;
        double mean = _train.Average(b => b.Mean), std = _train.Average(b => b.Std), evaluatedMean = evaluated.Average(b => b.Mean), evaluatedStd = evaluated.Average(b => b.Std);
        var agrees = Math.Abs(factor * mean + offset - evaluatedMean) < 0.1 * range && Math.Abs(Math.Log(factor * std / evaluatedStd)) < Math.Log(1.3);
        // Where mean and deviation are the same on both sides, only a rare end of the range is missing from one.
        var isSame = Math.Abs(mean - evaluatedMean) < 0.1 * range && Math.Abs(Math.Log(std / evaluatedStd)) < Math.Log(1 + limits.Scale);
        if (!agrees || isSame) return null;
        return Finding($"training inputs lie within {Value(t.Min)}..{Value(t.Max)}, evaluated ones within {Value(e.Min)}..{Value(e.Max)}: the same data, scaled differently", EvidenceClass.Proved) with
        {
            Evidence =
            [
                new("factor between the ranges", Value(factor), "1", "definition"),
                new("mean of evaluated inputs", Value(evaluatedMean), $"{Value(factor * mean + offset)} by this factor, {Value(mean)} in training"),
                new("standard deviation of evaluated inputs", Value(evaluatedStd), $"{Value(factor * std)} by this factor, {Value(std)} in training"),
            ],
        };
    }

    (double Min, double Max)? Pinned(Values[] batches)
    {
        var distinct = batches.DistinctBy(b => b.Hash ?? string.Create(CultureInfo.InvariantCulture, $"{b.Mean}|{b.Std}|{b.Min}|{b.Max}")).ToArray();
        double min = Trend.Quantile([.. distinct.Select(b => b.Min)], 0.5), max = Trend.Quantile([.. distinct.Select(b => b.Max)], 0.5);
        if (!(max > min)) return null;
        if (distinct.Length < FewestBatches) return distinct.Sum(b => b.Rows) >= ManyExamples ? (min, max) : null;
        var tolerance = 1e-3 * (max - min);
        var same = distinct.Count(b => Math.Abs(b.Min - min) <= tolerance && Math.Abs(b.Max - max) <= tolerance);
        return same >= limits.Pinned * distinct.Length ? (min, max) : null;
    }

    /// <summary>One side is standardized column by column, the other is not.</summary>
    Finding? Columns(Values[] evaluated)
    {
        var (means, stds, rows) = Pooled(_train);
        var (evaluatedMeans, evaluatedStds, evaluatedRows) = Pooled(evaluated);
        if (rows < 2 * FewestBatches || evaluatedRows < 2 * FewestBatches || means.Length < 3 || evaluatedMeans.Length != means.Length) return null;
        int[] columns = [.. Enumerable.Range(0, means.Length).Where(j => stds[j] > 0 && evaluatedStds[j] > 0)];
        if (columns.Length < 3) return null;
        bool Differs(int j) => Math.Abs(Math.Log(evaluatedStds[j] / stds[j])) > Math.Log(limits.Column)
            || Math.Abs(evaluatedMeans[j] - means[j]) > limits.Column * Math.Max(stds[j], evaluatedStds[j]);
        static bool Standard(double mean, double std) => Math.Abs(mean) < 0.5 && std is > 0.5 and < 2;
        var differing = columns.Where(Differs).ToArray();
        int standard = columns.Count(j => Standard(means[j], stds[j])), evaluatedStandard = columns.Count(j => Standard(evaluatedMeans[j], evaluatedStds[j]));
        var most = limits.Columns * columns.Length;
        var oneSided = standard >= most && evaluatedStandard <= columns.Length - most || evaluatedStandard >= most && standard <= columns.Length - most;
        if (differing.Length < most || !oneSided) return null;
        var worst = differing.MaxBy(j => Math.Abs(evaluatedMeans[j] - means[j]) / Math.Max(stds[j], 1e-12));
        return Finding(standard >= most ? "training inputs are standardized, evaluated ones are not" : "evaluated inputs are standardized, training ones are not", EvidenceClass.Suspected) with
        {
            Evidence =
            [
                new("columns or channels that differ", $"{differing.Length} of {columns.Length}", string.Create(CultureInfo.InvariantCulture, $"{limits.Columns * 100:0.#} %"), "convention"),
                new($"column {worst}: mean and standard deviation", $"{Value(means[worst])} and {Value(stds[worst])} in training, {Value(evaluatedMeans[worst])} and {Value(evaluatedStds[worst])} evaluated"),
            ],
        };
    }

    static (double[] Means, double[] Stds, long Rows) Pooled(IReadOnlyList<Values> batches)
    {
        var first = batches.FirstOrDefault(b => b.Means.Count > 0 && b.Stds.Count == b.Means.Count);
        if (first is null) return ([], [], 0);
        var same = batches.Where(b => b.Means.Count == first.Means.Count && b.Stds.Count == b.Means.Count).ToArray();
        long rows = same.Sum(b => b.Rows);
        double[] means = [.. Enumerable.Range(0, first.Means.Count).Select(j => same.Sum(b => b.Rows * b.Means[j]) / rows)];
        double[] stds = [.. Enumerable.Range(0, means.Length).Select(j => Math.Sqrt(same.Sum(b => b.Rows * (b.Stds[j] * b.Stds[j] + (b.Means[j] - means[j]) * (b.Means[j] - means[j]))) / rows))];
        return (means, stds, rows);
    }

    static string Value(double value) => value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.###e0" : "0.####", CultureInfo.InvariantCulture);
}
