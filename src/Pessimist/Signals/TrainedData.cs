using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>
/// What the recorded training batches of a watched program say of its data set: columns or channels that never change, classes, the range of
/// the targets. Of the network that is trained most; batches of other shapes are left out. Memory is bounded.
/// </summary>
public sealed class TrainedData
{
    const int MostClasses = 100_000;

    /// <summary>Relative spread of a column that is rounding.</summary>
    const double Rounding = 1e-6;

    readonly Dictionary<string, long> _classes = new(StringComparer.Ordinal);
    readonly List<(double Mean, bool Constant)> _columns = [];
    IReadOnlyList<long> _shape = [];

    /// <summary>Training batches whose input was measured, and the examples in them.</summary>
    public int Batches { get; private set; }
    public long Examples { get; private set; }

    /// <summary>Batches whose columns or channels were measured.</summary>
    public int Measured { get; private set; }

    /// <summary>Share of zeros among the inputs of the first batch.</summary>
    public double Zeros { get; private set; }

    /// <summary>Dimensions of the inputs, the batch among them.</summary>
    public int Rank => _shape.Count;

    /// <summary>The inputs ask for gradients: the network is differentiated with respect to them.</summary>
    public bool InputsAsk { get; private set; }

    /// <summary>Columns ([N, D]) or channels in the order of the input, with the one value of those that never change; null for all others.</summary>
    public IReadOnlyList<double?> Constant => [.. _columns.Select(c => c.Constant ? c.Mean : (double?)null)];

    /// <summary>Examples of each class; empty where the targets are no class ids.</summary>
    public IReadOnlyDictionary<string, long> Classes => _classes;

    public BatchObserved? First { get; private set; }

    /// <summary>Smallest and largest target; null without any, NaN after one that was not finite.</summary>
    public double? LowestTarget { get; private set; }
    public double? HighestTarget { get; private set; }

    /// <summary>Batches with a target.</summary>
    public int Targets { get; private set; }

    public void Read(BatchObserved batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Phase != Phase.Train || batch.Inputs is not [var input, ..]) return;
        First ??= batch;
        InputsAsk |= input.RequiresGrad;
        if (_shape.Count == 0)
        {
            _shape = input.Shape;
            Zeros = input.Zeros ?? 0;
        }

        if (input.Shape.Count != _shape.Count || input.Shape.Count > 1 && input.Shape[1] != _shape[1]) return;
        Batches++;
        Examples += input.Shape is [var n, ..] ? n : 1;
        ReadColumns(batch);
        ReadTarget(batch);
    }

    void ReadColumns(BatchObserved batch)
    {
        if (batch.ChannelStds.Count == 0 || batch.ChannelStds.Count != batch.ChannelMeans.Count || Measured > 0 && batch.ChannelMeans.Count != _columns.Count) return;
        Measured++;
        for (var c = 0; c < batch.ChannelMeans.Count; c++)
        {
            var (mean, std) = (batch.ChannelMeans[c], batch.ChannelStds[c]);
            var still = std <= Rounding * Math.Abs(mean);
            if (Measured == 1) _columns.Add((mean, still));
            else if (_columns[c].Constant && !(still && Math.Abs(mean - _columns[c].Mean) <= Rounding * Math.Abs(mean))) _columns[c] = (mean, false);
        }
    }

    void ReadTarget(BatchObserved batch)
    {
        foreach (var (name, count) in batch.Labels)
            if (_classes.Count < MostClasses || _classes.ContainsKey(name))
                _classes[name] = _classes.GetValueOrDefault(name) + count;
        if (batch.Target is not { Min: { } low, Max: { } high } target) return;
        Targets++;
        if (target.NonFinite > 0) (low, high) = (double.NaN, double.NaN);
        LowestTarget = LowestTarget is { } l ? Math.Min(l, low) : low;
        HighestTarget = HighestTarget is { } h ? Math.Max(h, high) : high;
    }
}
