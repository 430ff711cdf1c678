using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>The gradient of each weight over the first sampled steps of a watched program, from the input to the output.</summary>
public sealed class LayerGradients
{
    /// <summary>Gradients fade in a network that has learned; so only the first sampled steps count.</summary>
    const int MostSteps = 32;
    const int MostParameters = 20_000;

    readonly Dictionary<string, List<double>> _gradients = [];
    int _steps;

    public int Steps => _steps;

    public void Read(ParametersMeasured measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        if (_steps >= MostSteps) return;
        _steps++;
        foreach (var one in measured.Parameters.Where(p => p.Gradient is { } g && double.IsFinite(g)))
        {
            if (!_gradients.TryGetValue(one.Name, out var list))
            {
                if (_gradients.Count == MostParameters) continue;
                _gradients[one.Name] = list = [];
            }

            list.Add(one.Gradient!.Value);
        }
    }

    /// <summary>Median 2-norm of a parameter's gradient; null when it has none.</summary>
    public double? Of(RollEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return _gradients.TryGetValue(entry.FullName, out var list) ? Trend.Quantile(list, 0.5) : null;
    }

    /// <summary>The first and the last weight matrix of a network that get gradients, and their gradients' norms; null for fewer than three, where depth cannot be the cause.</summary>
    public (RollEntry First, double AtFirst, RollEntry Last, double AtLast)? Ends(IEnumerable<RollEntry> network)
    {
        var weights = network.Where(e => e.Parameter.Shape.Count >= 2).Select(e => (Entry: e, Gradient: Of(e))).Where(e => e.Gradient is not null).ToArray();
        return weights.Length < 3 ? null : (weights[0].Entry, weights[0].Gradient!.Value, weights[^1].Entry, weights[^1].Gradient!.Value);
    }
}
