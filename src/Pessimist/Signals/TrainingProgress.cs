using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>What the losses of a watched program say so far.</summary>
public enum ProgressState
{
    /// <summary>Too few losses.</summary>
    TooShort,

    /// <summary>The loss falls, or was far better than knowing nothing from the start.</summary>
    Learns,

    /// <summary>The loss stays where a network that knows nothing has it.</summary>
    Stuck,

    /// <summary>The loss ends clearly higher than it began.</summary>
    Worse,

    /// <summary>A loss is not finite.</summary>
    NotFinite,

    /// <summary>Several losses against each other, or one that says nothing by its height (a policy's, a critic's, a hand-written one).</summary>
    Unclear,
}

/// <summary>
/// Does a watched program learn? The gate of every statistic: it may speak only while there is a symptom. Judges by the losses that backward
/// starts from, against what knowing nothing costs: ln K for cross-entropy, the entropy of the mean label for binary cross-entropy, the variance of
/// the targets for squared error. Memory is bounded, whatever the length of the run.
/// </summary>
public sealed class TrainingProgress
{
    const int FewestLosses = 20;
    const int Head = 64;
    const int Tail = 512;

    /// <summary>Share of the first loss that a fall has to exceed (convention).</summary>
    const double SmallestFall = 0.05;

    /// <summary>Share of what knowing nothing costs, from which on nothing is known (convention): ln K is the most that it can cost.</summary>
    const double OfClasses = 0.9;

    /// <summary>The same for variances and entropies of labels: who tells clicks or returns explains a tenth and is right.</summary>
    const double OfNoise = 0.95;

    /// <summary>A fifth of the losses lie above so many times what knowing nothing costs (convention).</summary>
    const double Leap = 3;

    readonly Dictionary<string, Losses> _byLine = [];
    readonly Dictionary<string, Known> _known = [];
    readonly List<double> _guesses = [];
    readonly HashSet<int> _optimizers = [];
    string _guessAs = "";
    bool _guessIsOfClasses;
    bool _anyBackward;
    double? _called;
    int _descended, _compared;

    /// <summary>Of all records of a run.</summary>
    public static TrainingProgress Of(IEnumerable<Observation> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        var progress = new TrainingProgress();
        foreach (var observation in observations)
            if (observation is LoopEvent loop) progress.Read(loop);
            else if (observation is LossObserved loss) progress.Read(loss);
            else if (observation is LossesFollowed losses) progress.Read(losses);
        return progress;
    }

    public void Read(LoopEvent loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        if (loop is { Action: LoopAction.OptimizerStep, Subject: { } optimizer }) _optimizers.Add(optimizer);
        if (loop is not { Action: LoopAction.Backward, Loss: { } loss }) return;
        if (!_anyBackward) _byLine.Clear();
        _anyBackward = true;
        if (_called is { } called)
        {
            _compared++;
            if (Math.Abs(called - loss) <= 1e-4 * Math.Abs(loss)) _descended++;
        }

        _called = null;
        Add(loop.Site, loss);
    }

    public void Read(LossesFollowed losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        if (!_anyBackward) return;
        foreach (var loss in losses.Values) Add(losses.Site, loss);
    }

    public void Read(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Phase == Phase.Evaluate) return;
        if (!_anyBackward && loss.Phase == Phase.Train) Add(loss.Site, loss.Value);
        _called = loss.Value;
        if (loss is not { Reduction: "mean", Weighted: false } || KnowingNothing(loss) is not { } guess) return;
        if (_guesses.Count < Tail) _guesses.Add(guess);
        if (loss.Phase == Phase.Train) Compare(loss, guess);
    }

    /// <summary>
    /// Median of the last losses over what knowing nothing costs, of the calls of losses themselves: scales, signs and penalties that are put on them
    /// before the backward pass do not count. Of several losses the worst one; null where no call tells.
    /// </summary>
    public double? Share
    {
        get
        {
            var most = _known.Values.Select(k => k.Losses.Count).DefaultIfEmpty(0).Max();
            double[] shares = [.. _known.Values.Where(k => k.Losses.Count >= FewestLosses && 4 * k.Losses.Count >= most).Select(k => k.Losses.NonFinite ? double.NaN : k.Losses.LastMedian / Trend.Quantile(k.Guesses, 0.5))];
            return shares.Length == 0 || shares.Any(s => !(s >= 0)) ? null : shares.Max();
        }
    }

    public ProgressState State => Judge().State;

    /// <summary>One line with the numbers.</summary>
    public string Because => Judge().Because;

    /// <summary>Something is wrong: statistics may speak.</summary>
    public bool HasSymptom => State is ProgressState.Stuck or ProgressState.Worse or ProgressState.NotFinite;

    /// <summary>What a network that knows nothing would have; null when the loss does not tell.</summary>
    public double? Guess => _guesses.Count == 0 ? null : Trend.Quantile(_guesses, 0.5);

    public long Count => Main?.Count ?? 0;

    /// <summary>Median of the first losses; NaN without any.</summary>
    public double First => Main is { } m ? m.FirstMedian : double.NaN;

    /// <summary>Median of the last losses; NaN without any.</summary>
    public double Last => Main is { } m ? m.LastMedian : double.NaN;

    /// <summary>Backward starts from the loss that was called, not from a part or a sum of several: what knowing nothing costs can be compared with it.</summary>
    bool DescendsTheLoss => _compared > 0 && _descended >= 0.9 * _compared;

    Losses? Main => _byLine.Values.MaxBy(l => l.Count);

    void Compare(LossObserved loss, double guess)
    {
        var key = $"{loss.Kind} {Line(loss.Site)}";
        if (!_known.TryGetValue(key, out var known))
        {
            if (_known.Count >= Head) return;
            _known[key] = known = new Known();
        }

        known.Losses.Add(loss.Value);
        if (known.Guesses.Count < Tail) known.Guesses.Add(guess);
    }

    static string Line(Site? site) => site is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{site.File}:{site.Line}");

    void Add(Site? site, double loss)
    {
        var key = Line(site);
        if (!_byLine.TryGetValue(key, out var losses))
        {
            if (_byLine.Count >= Head) return;
            _byLine[key] = losses = new Losses();
        }

        losses.Add(loss);
    }

    (ProgressState State, string Because) Judge()
    {
        if (_byLine.Values.Any(l => l.NonFinite)) return (ProgressState.NotFinite, "a loss is not finite");
        if (Main is not { } main || main.Count < FewestLosses)
            return (ProgressState.TooShort, string.Create(CultureInfo.InvariantCulture, $"{Main?.Count ?? 0} losses are too few, at least {FewestLosses} are needed"));
        if (_optimizers.Count > 1 && _byLine.Values.Count(l => l.Count * 4 >= main.Count) > 1)
            return (ProgressState.Unclear, "several losses are descended by several optimizers, as in a game");

        if (Share is < 0.5 and var share)
            return (ProgressState.Learns, string.Create(CultureInfo.InvariantCulture, $"the loss ended at {share:0.###} times what knowing nothing costs ({_guessAs})"));

        double first = main.FirstMedian, last = main.LastMedian;
        var moved = string.Create(CultureInfo.InvariantCulture, $"the loss went from {first:0.####} to {last:0.####} in {main.Count} steps");
        var guess = Guess;
        var against = guess is { } g ? string.Create(CultureInfo.InvariantCulture, $"; knowing nothing costs {g:0.####} ({_guessAs})") : "";
        if (guess is { } level && level > 0 && last < 0.5 * level) return (ProgressState.Learns, moved + against);
        // Out of a start where nothing is known, far up, and back to it: what it came down from says nothing.
        if (guess is { } known && known > 0 && DescendsTheLoss && main.Begin <= Leap * known && main.Highest > Leap * Math.Max(main.Begin, known)
            && last >= (_guessIsOfClasses ? OfClasses : OfNoise) * known)
            return (ProgressState.Stuck, string.Create(CultureInfo.InvariantCulture, $"the loss leapt from {main.Begin:0.####} to {main.Highest:0.####} and ended at {last:0.####}{against}"));
        if (last < first - SmallestFall * Math.Abs(first) && main.ShareOfLastBelowFirst() >= 0.7)
        {
            // Down from a bad start, and still no better than a network that knows nothing.
            if (guess is not { } floor || floor <= 0 || last <= floor || !DescendsTheLoss) return (ProgressState.Learns, moved);
            return main.StillFalls ? (ProgressState.Unclear, moved + against) : (ProgressState.Stuck, moved + against);
        }

        if (guess is not { } nothing || nothing <= 0) return (ProgressState.Unclear, $"{moved}, and nobody knows what it should be");
        if (last > first + 0.1 * Math.Abs(first) && last > nothing && main.ShareOfLastBelowFirst() <= 0.1) return (ProgressState.Worse, moved + against);
        // Between the two: it may be learning slowly.
        return last >= (_guessIsOfClasses ? OfClasses : OfNoise) * nothing ? (ProgressState.Stuck, moved + against) : (ProgressState.Unclear, moved + against);
    }

    double? KnowingNothing(LossObserved loss)
    {
        switch (loss.Kind)
        {
            case "cross-entropy" or "nll" when loss.Input?.Shape is { Count: > 1 } shape && shape[1] > 1:
                _guessAs = string.Create(CultureInfo.InvariantCulture, $"ln {shape[1]}");
                _guessIsOfClasses = true;
                return Math.Log(shape[1]);
            case "bce" or "bce-with-logits" when loss.Target?.Mean is > 0 and < 1 and var p:
                _guessAs = "the entropy of the labels";
                _guessIsOfClasses = false;
                return -(p * Math.Log(p) + (1 - p) * Math.Log(1 - p));
            case "mse" when loss.Target?.Std is > 0 and var std:
                _guessAs = "the variance of the targets";
                _guessIsOfClasses = false;
                return std * std;
            default:
                return null;
        }
    }

    /// <summary>Calls of one loss at one line, and what knowing nothing would have cost in them.</summary>
    sealed class Known
    {
        public Losses Losses { get; } = new();
        public List<double> Guesses { get; } = [];
    }

    /// <summary>The head, the tail and the number of a series.</summary>
    sealed class Losses
    {
        readonly List<double> _head = [];
        readonly Queue<double> _tail = [];

        public long Count { get; set; }
        public bool NonFinite { get; set; }

        public void Add(double loss)
        {
            Count++;
            if (!double.IsFinite(loss))
            {
                NonFinite = true;
                return;
            }

            if (_head.Count < Head) _head.Add(loss);
            _tail.Enqueue(loss);
            if (_tail.Count > Tail) _tail.Dequeue();
        }

        /// <summary>A tenth of the run, at least 3 losses.</summary>
        double[] First => [.. _head.Take((int)Math.Clamp(Count / 10, 3, Head))];

        /// <summary>A quarter of the run, at least 5 losses.</summary>
        double[] LastOnes => [.. _tail.Skip(Math.Max(0, _tail.Count - (int)Math.Clamp(Count / 4, 5, Tail)))];

        /// <summary>The later half of the end is clearly below the earlier.</summary>
        public bool StillFalls
        {
            get
            {
                var last = LastOnes;
                double early = Trend.Quantile([.. last.Take(last.Length / 2)], 0.5), late = Trend.Quantile([.. last.Skip(last.Length / 2)], 0.5);
                return late < early - SmallestFall * Math.Abs(early);
            }
        }

        /// <summary>Of the untrained network.</summary>
        public double Begin => _head.Count == 0 ? double.NaN : _head[0];

        /// <summary>That a fifth of the losses kept of the beginning and the end exceed.</summary>
        public double Highest => _head.Count == 0 ? double.NaN : Trend.Quantile([.. _head, .. _tail.Skip((int)Math.Max(0, _head.Count + _tail.Count - Count))], 0.8);

        public double FirstMedian => _head.Count == 0 ? double.NaN : Trend.Quantile(First, 0.5);
        public double LastMedian => _tail.Count == 0 ? double.NaN : Trend.Quantile(LastOnes, 0.5);

        /// <summary>Probability that a loss of the end is below one of the beginning (Mann-Whitney's U over the number of pairs).</summary>
        public double ShareOfLastBelowFirst()
        {
            double[] first = First, last = LastOnes;
            var below = first.Sum(f => last.Sum(l => l < f ? 1 : l == f ? 0.5 : 0));
            return below / (first.Length * (double)last.Length);
        }
    }
}
