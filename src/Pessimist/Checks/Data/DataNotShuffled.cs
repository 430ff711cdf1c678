using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES111 data-not-shuffled</summary>
public sealed class DataNotShuffled(DataNotShuffled.Limits limits) : ProgramCheck(About), IReads<BatchObserved>, IReads<LoaderBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES111",
        Name = "data-not-shuffled",
        Level = Level.Warning,
        Summary = "training batches hold one class at a time",
        Explains = ["PES903", "PES904", "PES611", "PES607", "PES608"],
        Docs = """
            ## Why it matters
            Each gradient points towards one class only: the network learns to answer with the class at hand, and forgets it when the next one comes.

            ## How it is told
            The share of the commonest class in each batch is compared with that of the same labels in random order (100 permutations). It is reported
            only with a symptom: the loss does not come down; or whenever another class comes, or on evaluated data, it is worse than knowing nothing;
            or it swings between knowing and not knowing from batch to batch.

            ## When it is a false alarm
            Silent are: an order that does no harm; data sorted by time or by anything but the label; small batches and rare classes, that are often
            pure by chance; samplers that draw several classes for each batch, as for metric learning; losses that are not those of a classifier.

            ## What to do
            Shuffle the training data every epoch (`shuffle=True`).
            """,
    };

    public sealed record Limits
    {
        /// <summary>How far the share of the commonest class must go from that of shuffled data (0) to batches of one class (1).</summary>
        [Origin(Origin.Convention)] public double Purity { get; init; } = 0.5;

        /// <summary>Standard deviations above the mean of shuffled batches.</summary>
        [Origin(Origin.Convention)] public double Deviations { get; init; } = 6;

        /// <summary>Batches that are needed to say anything.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 8;
    }

    const int MostBatches = 512, Permutations = 100;

    /// <summary>Smaller batches are looked at together, up to <see cref="Window"/> examples.</summary>
    const int SmallBatch = 8, Window = 16;

    sealed record Labelled(long Step, int Loader, long[] Labels, Site? Site);

    readonly List<Labelled> _batches = [];
    readonly LoaderGroups _loaders = new();
    readonly Dictionary<long, double> _losses = [];
    readonly List<double> _evaluated = [];
    bool _classifies;

    public void Read(LoaderBuilt observation) => _loaders.Read(observation);

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Phase != Phase.Train || _batches.Count >= MostBatches) return;
        long[] labels = [.. observation.LabelOrder.Where(l => l >= 0)];
        if (labels.Length > 0) _batches.Add(new Labelled(observation.Step, _loaders.Grouped(observation).Loader ?? -1, labels, observation.Site));
    }

    protected override void OnLoss(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is not { Kind: "cross-entropy" or "nll" or "bce" or "bce-with-logits", Reduction: "mean", Weighted: false } || !double.IsFinite(observation.Value)) return;
        _classifies = true;
        if (observation.Phase == Phase.Evaluate && _evaluated.Count < 10_000) _evaluated.Add(observation.Value);
        if (observation.Phase == Phase.Train && _losses.Count < 100_000) _losses.TryAdd(observation.Step, observation.Value);
    }

    public override Verdict Conclude()
    {
        if (_batches.Count == 0) return NotEnoughEvidence("no training batch with class labels was seen");
        if (!_classifies) return NotApplicable("no loss of a classifier was seen");
        var batches = _batches.GroupBy(b => b.Loader).MaxBy(g => g.Count())!.ToArray();
        var windows = Windows(batches);
        if (windows.Count < limits.Batches) return NotEnoughEvidence($"{windows.Count} batches are too few, {limits.Batches} are needed");
        var labels = windows.SelectMany(w => w.Labels).ToArray();
        if (labels.Distinct().Count() < 2) return NotEnoughEvidence("one class only was seen");

        var pure = Purity(windows, labels);
        var (mean, deviation) = Shuffled(windows, labels);
        var effect = mean < 1 ? (pure - mean) / (1 - mean) : 0;
        if (effect < limits.Purity || pure - mean < limits.Deviations * deviation)
            return Passed($"the commonest class makes {Percent(pure)} of a batch, {Percent(mean)} when shuffled");
        if (Harm(windows, labels) is not { } harm) return Passed($"batches hold one class at a time ({Percent(pure)}), and no harm is seen");

        var loader = _loaders[batches[0].Loader];
        return Found(Finding($"training batches hold one class at a time: the commonest class makes {Percent(pure)} of a batch, {Percent(mean)} when shuffled", EvidenceClass.Suspected) with
        {
            Location = At(loader?.Site ?? batches[0].Site),
            Evidence =
            [
                new("share of the commonest class in a batch", Percent(pure), $"{Percent(mean + limits.Purity * (1 - mean))}; shuffled {Percent(mean)} ± {Percent(deviation)}", "permutations, convention"),
                new("symptom", harm),
                .. loader?.Shuffles is { } shuffles ? [new Evidence("the loader shuffles", shuffles ? "yes" : "no")] : Array.Empty<Evidence>(),
            ],
            Fixes = ["shuffle the training data every epoch (shuffle=True)"],
        });
    }

    /// <summary>Batches, the small ones put together with their neighbours.</summary>
    static List<Labelled> Windows(Labelled[] batches)
    {
        var windows = new List<Labelled>();
        foreach (var batch in batches)
        {
            if (batch.Labels.Length < SmallBatch && windows is [.., { Labels.Length: < Window } last] && last.Labels.Length + batch.Labels.Length <= Window + SmallBatch)
                windows[^1] = last with { Labels = [.. last.Labels, .. batch.Labels] };
            else windows.Add(batch);
        }

        return [.. windows.Where(w => w.Labels.Length >= SmallBatch / 2)];
    }

    static double Purity(List<Labelled> windows, long[] labels)
    {
        var position = 0;
        long most = 0;
        var counts = new Dictionary<long, int>();
        foreach (var window in windows)
        {
            counts.Clear();
            for (var end = position + window.Labels.Length; position < end; position++) counts[labels[position]] = counts.GetValueOrDefault(labels[position]) + 1;
            most += counts.Values.Max();
        }

        return (double)most / labels.Length;
    }

    static (double Mean, double Deviation) Shuffled(List<Labelled> windows, long[] labels)
    {
        var random = new Random(0);
        long[] drawn = [.. labels];
        var purities = new double[Permutations];
        for (var p = 0; p < Permutations; p++)
        {
            random.Shuffle(drawn);
            purities[p] = Purity(windows, drawn);
        }

        var mean = purities.Average();
        return (mean, Math.Sqrt(purities.Sum(p => (p - mean) * (p - mean)) / (Permutations - 1)));
    }

    /// <summary>What the order does to the training; null when no harm is seen.</summary>
    string? Harm(List<Labelled> windows, long[] labels)
    {
        if (HasSymptom) return Symptom;
        var nothing = -labels.GroupBy(l => l).Sum(g => (double)g.Count() / labels.Length * Math.Log((double)g.Count() / labels.Length));
        var changes = windows.Zip(windows.Skip(1)).Skip(windows.Count / 2)
            .Where(pair => Commonest(pair.First) != Commonest(pair.Second) && pair.Second.Step - pair.First.Step <= Window)
            .Select(pair => _losses.TryGetValue(pair.Second.Step, out var loss) ? loss : double.NaN).Where(double.IsFinite).ToArray();
        if (changes.Length >= 2 && Trend.Quantile(changes, 0.5) is var jump && jump > nothing)
            return string.Create(CultureInfo.InvariantCulture, $"the loss is {jump:0.###} when another class comes; knowing nothing costs {nothing:0.###}");
        // What it knows of the class at hand, it does not know of the next: the loss swings between the two.
        var later = windows.Skip(windows.Count / 2).Select(w => _losses.TryGetValue(w.Step, out var loss) ? loss : double.NaN).Where(double.IsFinite).ToArray();
        if (later.Length >= limits.Batches && Trend.Quantile(later, 0.9) is var high && high > nothing && Trend.Quantile(later, 0.1) is var low && low < 0.5 * nothing && later.Average() > 0.4 * nothing)
            return string.Create(CultureInfo.InvariantCulture, $"the loss swings between {low:0.###} and {high:0.###} from batch to batch; knowing nothing costs {nothing:0.###}");
        var last = _evaluated.TakeLast(Math.Max(1, _evaluated.Count / 4)).ToArray();
        if (_evaluated.Count >= 2 && Trend.Quantile(last, 0.5) is var evaluated && evaluated > nothing)
            return string.Create(CultureInfo.InvariantCulture, $"the loss of evaluated data is {evaluated:0.###}; knowing nothing costs {nothing:0.###}");
        return null;
    }

    static long Commonest(Labelled window) => window.Labels.GroupBy(l => l).MaxBy(g => g.Count())!.Key;

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
