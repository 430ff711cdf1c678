using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>How often a watched program saw each class in training, and what its classification loss came to: unweighted means only.</summary>
public sealed class ClassFrequencies
{
    const int MostClasses = 10_000, Fewest = 20;

    readonly Dictionary<string, long> _labels = new(StringComparer.Ordinal);
    readonly List<double> _losses = [];
    double _ones, _binary;
    long _outputs;
    bool _isOther;

    /// <summary>Where the loss is called.</summary>
    public Site? Site { get; private set; }

    public bool Seen => _losses.Count > 0;

    /// <summary>Classes of the loss; 2 for a binary one.</summary>
    public long Classes => _binary > 0 ? 2 : _outputs;

    public long Examples => _binary > 0 ? (long)_binary : _labels.Values.Sum();

    /// <summary>Shares of the classes that were seen; empty without any.</summary>
    double[] Shares => _binary > 0 ? [_ones / _binary, 1 - _ones / _binary] : _labels.Count == 0 ? [] : [.. _labels.Values.Select(c => c / (double)_labels.Values.Sum())];

    /// <summary>Entropy of the classes, in nats; null where fewer than two were seen, or several losses.</summary>
    public double? Entropy => _isOther || Shares is not { Length: > 1 } shares || shares.Any(s => s <= 0) ? null : -shares.Sum(s => s * Math.Log(s));

    public double? Rarest => Shares is { Length: > 0 } shares ? shares.Min() : null;

    /// <summary>Mean of the last quarter of the losses; null where they are too few.</summary>
    public double? LastLoss => _losses.Count < Fewest ? null : _losses.Skip(3 * _losses.Count / 4).Average();

    public void Read(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Phase != Phase.Train) return;
        var isBinary = loss.Kind is "bce" or "bce-with-logits" && loss.Input?.Shape is [_] or [_, 1];
        var isOfClasses = loss.Kind is "cross-entropy" or "nll" && loss is { LabelSmoothing: 0, Input.Shape: [_, _] };
        if (loss is not { Reduction: "mean", Weighted: false } || !isBinary && !isOfClasses || !double.IsFinite(loss.Value))
        {
            _isOther = true;
            return;
        }

        Site ??= loss.Site;
        if (_losses.Count < 100_000) _losses.Add(loss.Value);
        if (isOfClasses) _outputs = loss.Input!.Shape[1];
        else if (loss.Target is { Mean: { } mean } target)
        {
            _ones += mean * target.Count();
            _binary += target.Count();
        }
    }

    public void Read(BatchObserved batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Phase != Phase.Train) return;
        foreach (var (name, count) in batch.Labels)
            if (_labels.Count < MostClasses || _labels.ContainsKey(name))
                _labels[name] = _labels.GetValueOrDefault(name) + count;
    }
}
