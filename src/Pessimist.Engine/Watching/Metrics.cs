using System.Globalization;
using Pessimist.Engine.Watching.Lines;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>Recognizes the accuracy of a batch when the program reads it out: the sum or mean of answers that equal labels, or differ from them. What it
/// makes of them in numbers of its own is seen when it prints the result: which count, divided by what, gives the printed value.</summary>
sealed class Metrics(Session session)
{
    const int MostReports = 10_000, MostLines = 64;

    /// <summary>Answers read out at one line since the last optimizer step.</summary>
    sealed class Tally
    {
        public double Right { get; set; }
        public double SumOfMeans { get; set; }
        public long Examples { get; set; }
        public long Batches { get; set; }
        public bool Means { get; set; }

        /// <summary>Wrong answers were counted.</summary>
        public bool Wrong { get; set; }
    }

    readonly Dictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    long _step = -1;
    bool _incomplete;
    int _reports;

    public Func<IEnumerable<(long Examples, long BatchSize, long Batches)>> Loaders { get; init; } = () => [];

    public void Item(Tensor tensor, double value, Pass pass)
    {
        Begin();
        if (!pass.Records)
        {
            _incomplete = true;
            return;
        }

        var flight = session.Flight;
        if (flight.MakerOf(tensor) is not (>= 0 and var at)) return;
        ref readonly var reduction = ref flight.Back(at);
        if (reduction.Kind.Name is not ("sum" or "mean" or "count_nonzero") || reduction.A is not { } counted || flight.ValueMakerOf(counted, at) is not (>= 0 and var equal)) return;
        ref readonly var comparison = ref flight.Back(equal);
        if (comparison.Kind.Name is not ("eq" or "ne") || comparison.Output is not { IsDisposed: false, Numel: > 0 and var answers }) return;
        var (mean, wrong) = (reduction.Kind.Name == "mean", comparison.Kind.Name == "ne");
        var share = mean ? value : value / answers;
        if (wrong) share = 1 - share;
        var site = session.Sites.Of(HashCode.Combine(5), session.Sampling.Turn);
        Add(site, share, answers, mean, wrong);
        Report(new MetricReported
        {
            Name = "accuracy",
            Value = share,
            // An optimizer may have stepped between the pass and the reading.
            Step = pass.Step,
            Counted = share * answers,
            DividedBy = mean ? answers : null,
            Examples = answers,
            Batches = 1,
            Site = site,
        });
    }

    /// <summary>The program prints a line.</summary>
    public void Printed(string line)
    {
        if (session.Step == 0) return;
        Begin();
        foreach (var metric in PrintedMetric.In(line))
        {
            var division = _incomplete ? null : Division(metric);
            Report(new MetricReported
            {
                Name = metric.Name,
                Value = metric.Value,
                Split = metric.Split,
                Step = session.Step,
                Counted = division?.Counted,
                DividedBy = division?.By,
                Examples = division?.Of.Examples,
                Batches = division?.Of.Batches,
                Site = CallStack.Find(),
            });
        }
    }

    void Begin()
    {
        if (_step == session.Step) return;
        (_step, _incomplete) = (session.Step, false);
        _tallies.Clear();
    }

    void Add(Site? site, double share, long answers, bool mean, bool wrong)
    {
        var key = site is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{site.File}:{site.Line}:{site.Column}");
        if (!_tallies.TryGetValue(key, out var tally))
        {
            if (_tallies.Count >= MostLines) return;
            _tallies[key] = tally = new Tally { Means = mean, Wrong = wrong };
        }

        // Right answers are a whole number.
        tally.Right += Math.Round(share * answers);
        tally.SumOfMeans += share;
        tally.Examples += answers;
        tally.Batches++;
    }

    /// <summary>What was divided by what to give the printed value, the right way first; null where nothing gives it, or too few digits tell.</summary>
    (double Counted, double By, Tally Of)? Division(PrintedMetric metric)
    {
        var accuracy = metric.Name.Contains("acc", StringComparison.OrdinalIgnoreCase);
        if (!accuracy && !metric.Name.Contains("err", StringComparison.OrdinalIgnoreCase)) return null;
        var slack = 0.51 * Math.Pow(10, -Math.Min(metric.Digits, 12)) + 1e-6 * Math.Abs(metric.Value);
        if (metric.Value < 20 * slack) return null;
        double[] scales = metric.Percent || metric.Value > 1.5 ? [100, 1] : [1, 100];
        foreach (var tally in _tallies.Values)
        {
            var whole = accuracy ? tally.Right : tally.Examples - tally.Right;
            var means = accuracy ? tally.SumOfMeans : tally.Batches - tally.SumOfMeans;
            double[] divisors = [tally.Examples, tally.Batches, .. Loaders().SelectMany(l => new double[] { l.Examples, tally.Batches * l.BatchSize, l.Batches }).Where(d => d > 0)];
            foreach (var counted in tally.Means ? [means, whole] : new[] { whole, means })
                foreach (var divisor in counted == means ? [tally.Batches, .. divisors] : divisors)
                    foreach (var scale in scales)
                        if (counted > 0 && Math.Abs(counted / divisor * scale - metric.Value) <= slack) return (counted, divisor, tally);
        }

        return null;
    }

    void Report(MetricReported metric)
    {
        if (_reports++ < MostReports) session.Recording.Add(metric);
    }
}
