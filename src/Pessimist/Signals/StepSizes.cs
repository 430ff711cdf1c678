using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>How far the sampled steps of a watched program move its weights, and what becomes of their norms. Bounded memory.</summary>
public sealed class StepSizes
{
    const int Head = 10;
    const int Tail = 64;
    const int Most = 20_000;
    const double LargeShare = 0.05;

    readonly Dictionary<string, (double First, double Last, double Highest)> _norms = [];
    readonly List<double> _head = [];
    readonly Queue<double> _tail = [];
    readonly List<double> _pulls = [];

    /// <summary>Sampled steps with an update ratio.</summary>
    public int Count { get; private set; }

    public void Read(ParametersMeasured measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        // Biases begin at 0, where a ratio means nothing.
        var weights = measured.Parameters.Where(p => p.Name.EndsWith("weight", StringComparison.OrdinalIgnoreCase)).ToArray();
        // Where names do not tell, those that are large beside the others are no biases.
        if (weights.Length == 0) weights = [.. measured.Parameters.Where(p => p.Weight >= LargeShare * measured.Parameters.Max(q => q.Weight))];
        foreach (var weight in weights.Where(w => double.IsFinite(w.Weight)))
            if (_norms.TryGetValue(weight.Name, out var norms)) _norms[weight.Name] = (norms.First, weight.Weight, Math.Max(norms.Highest, weight.Weight));
            else if (_norms.Count < Most) _norms[weight.Name] = (weight.Weight, weight.Weight, weight.Weight);

        double[] pulls = [.. weights.Where(w => w is { Gradient: > 0, Weight: > 0 }).Select(w => w.Weight / w.Gradient!.Value).Where(double.IsFinite)];
        if (pulls.Length > 0 && _pulls.Count < Head) _pulls.Add(Trend.Quantile(pulls, 0.5));
        double[] ratios = [.. weights.Where(w => w is { Gradient: > 0, Update: not null, Weight: > 0 }).Select(w => w.Update!.Value / w.Weight).Where(double.IsFinite)];
        if (ratios.Length == 0) return;
        var median = Trend.Quantile(ratios, 0.5);
        Count++;
        if (_head.Count < Head) _head.Add(median);
        _tail.Enqueue(median);
        if (_tail.Count > Tail) _tail.Dequeue();
    }

    /// <summary>|update| / |weight|, median over weights that get a gradient, then over the first sampled steps; NaN without any.</summary>
    public double FirstRatio => _head.Count == 0 ? double.NaN : Trend.Quantile(_head, 0.5);

    /// <summary>The same over the last sampled steps.</summary>
    public double LastRatio => _tail.Count == 0 ? double.NaN : Trend.Quantile([.. _tail.Skip(_tail.Count / 2)], 0.5);

    /// <summary>|weight| / |gradient|, median over weights, then over the first sampled steps: times the decay, its pull over that of the loss; NaN without any.</summary>
    public double FirstPull => _pulls.Count == 0 ? double.NaN : Trend.Quantile(_pulls, 0.5);

    /// <summary>Norm of the weights now over that at the first sampled step, median over weights; NaN without any.</summary>
    public double Shrunk => OfFirst(n => n.Last);

    /// <summary>The highest norm of the weights over that at the first sampled step, median over weights; NaN without any.</summary>
    public double Grown => OfFirst(n => n.Highest);

    double OfFirst(Func<(double First, double Last, double Highest), double> norm)
    {
        double[] shares = [.. _norms.Values.Where(n => n.First > 0).Select(n => norm(n) / n.First)];
        return shares.Length == 0 ? double.NaN : Trend.Quantile(shares, 0.5);
    }
}
