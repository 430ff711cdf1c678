using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Modes;

/// <summary>PES610 metric-disagrees-with-loss</summary>
public sealed class MetricDisagreesWithLoss(MetricDisagreesWithLoss.Limits limits) : Check(About), IReads<MetricReported>, IReads<LossObserved>, IReads<PassObserved>, IReads<OperationSeen>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES610",
        Name = "metric-disagrees-with-loss",
        Level = Level.Warning,
        Summary = "the accuracy is lower than the loss on the same data allows",
        Docs = """
            ## Why it matters
            Either the metric is computed from something else than what is trained (another variable, another axis, old predictions, other labels), or the loss
            does not measure what is wanted.

            ## How it is told
            A wrong prediction costs at least ln 2 of cross-entropy, as the right class has at most half of the probability. So a mean cross-entropy of L leaves at
            most L / ln 2 errors. An accuracy below what is left, step after step, contradicts the loss.

            ## When it is a false alarm
            Correlations of curves are not looked at: on a plateau they are noise, and an overfitted network may lose on one and gain on the other. Loss and
            accuracy must be of the same number of answers at the same step, and in the same phase; of several pairs the most favourable counts. Silent are
            losses with label smoothing, class weights or soft labels, and accuracies of anything but single answers, as of whole sequences.

            ## What to do
            Compute loss and accuracy of one batch by hand, and compare.
            """,
    };

    public sealed record Limits
    {
        /// <summary>How far the accuracy must lie below the bound.</summary>
        [Origin(Origin.Convention)] public double Margin { get; init; } = 0.1;

        /// <summary>Steps at which it does.</summary>
        [Origin(Origin.Convention)] public int Steps { get; init; } = 5;
    }

    const int MostSteps = 20_000;

    sealed class Losses
    {
        public double Sum { get; set; }
        public long Answers { get; set; }
        public Site? Site { get; set; }

        /// <summary>Not of the kind that bounds errors, or several on the same answers.</summary>
        public bool Unclear { get; set; }
    }

    readonly SortedDictionary<(long Step, Phase Phase), Losses> _losses = [];
    readonly Dictionary<long, List<MetricReported>> _metrics = [];
    readonly HashSet<long> _evaluated = [];

    public void Read(PassObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Phase != Phase.Train) _evaluated.Add(observation.Step);
    }

    public void Read(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        var key = (observation.Step, observation.Phase);
        if (!_losses.TryGetValue(key, out var losses))
        {
            if (_losses.Count >= MostSteps) return;
            _losses[key] = losses = new Losses { Site = observation.Site };
        }

        // One answer for each example, by the largest output.
        if (observation is not { Kind: "cross-entropy" or "nll", Reduction: "mean", Weighted: false, LabelSmoothing: 0, Value: >= 0, Input.Shape: [_, > 1], Target.Shape: [var answers] } || losses.Site != observation.Site)
        {
            losses.Unclear = true;
            return;
        }

        losses.Sum += observation.Value * answers;
        losses.Answers += answers;
    }

    public void Read(MetricReported observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (!observation.Name.Contains("acc", StringComparison.OrdinalIgnoreCase) || observation.Examples is not { } examples) return;
        if (observation.Counted is null && observation is { Split: "validation" or "test", Value: >= 0 and <= 1 })
            // A mean that was not counted, of what the program calls held-out data: of the examples that it evaluated since.
            observation = observation with { Counted = observation.Value * examples };
        if (observation.Counted is not { } counted || counted > examples) return;
        if (!_metrics.TryGetValue(observation.Step, out var list))
        {
            if (_metrics.Count >= MostSteps) return;
            _metrics[observation.Step] = list = [];
        }

        if (list.Count < MostSteps) list.Add(observation);
    }

    public void Read(OperationSeen observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Phase: Phase.Evaluate, Module: null or "", Operation: "eq" or "__eq__", Site: not null, Inputs.Count: 2 }) _compared = observation.Site;
    }

    Site? _compared;

    public override Verdict Conclude()
    {
        // Where an evaluation left no loss, the accuracy may be its own, and not that of the training step.
        var pairs = _losses.Where(l => l.Value is { Unclear: false, Answers: > 0 } && (l.Key.Phase == Phase.Evaluate || !_evaluated.Contains(l.Key.Step) || _losses.ContainsKey((l.Key.Step, Phase.Evaluate))))
            .Select(l => (l.Key.Step, Loss: l.Value.Sum / l.Value.Answers, Best: Best(l.Key.Step, l.Value.Answers))).Where(p => p.Best is not null)
            .GroupBy(p => p.Step).Select(g => g.MaxBy(p => p.Loss)).ToArray();
        if (pairs.Length < limits.Steps) return NotEnoughEvidence("accuracy and cross-entropy of the same answers were not seen often enough");
        var strong = pairs.Where(p => Bound(p.Loss) > limits.Margin).ToArray();
        if (strong.Length < limits.Steps) return NotEnoughEvidence("the loss is too high to say anything about the accuracy");
        var against = strong.Where(p => p.Best!.Value.Accuracy < Bound(p.Loss) - limits.Margin).ToArray();
        if (against.Length < limits.Steps || 2 * against.Length < strong.Length)
            return Passed(string.Create(CultureInfo.InvariantCulture, $"the accuracy is at least what the loss implies at {strong.Length - against.Length} of {strong.Length} steps"));

        var (step, loss, best) = against[^1];
        var (accuracy, metric) = best!.Value;
        return Found(Finding(string.Create(CultureInfo.InvariantCulture,
            $"\"{metric.Name}\" is {accuracy:0.####} where a cross-entropy of {loss:0.####} implies at least {Bound(loss):0.####}"), EvidenceClass.Proved) with
        {
            Location = Location.Of(metric.Site),
            Related = _compared is { } line && line != metric.Site ? [new RelatedLocation(line.File, line.Line, "predictions are compared here")] : [],
            Evidence =
            [
                new($"\"{metric.Name}\" at step {step}", accuracy.ToString("0.####", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"1 - {loss:0.####} / ln 2 = {Bound(loss):0.####}"), "theory"),
                new("steps at which it contradicts the loss", string.Create(CultureInfo.InvariantCulture, $"{against.Length} of {strong.Length}"), limits.Steps.ToString(CultureInfo.InvariantCulture), "convention"),
            ],
            Fixes = ["look at what the metric compares: the outputs of this step with the targets of this step, by the largest output of each row"],
        });
    }

    /// <summary>The highest accuracy reported at a step over as many answers; null for none.</summary>
    (double Accuracy, MetricReported Metric)? Best(long step, long answers)
    {
        if (!_metrics.TryGetValue(step, out var reports)) return null;
        var sums = reports.GroupBy(r => (r.Name, r.Split, r.Site))
            .Select(g => (Counted: g.Sum(r => r.Counted!.Value), Examples: g.Sum(r => r.Examples!.Value), Metric: g.Last())).Where(s => s.Examples == answers).ToArray();
        if (sums.Length == 0) return null;
        var best = sums.MaxBy(s => s.Counted);
        return (best.Counted / best.Examples, best.Metric);
    }

    /// <summary>The lowest accuracy that a mean cross-entropy allows (Markov's inequality).</summary>
    static double Bound(double loss) => 1 - loss / Math.Log(2);
}
