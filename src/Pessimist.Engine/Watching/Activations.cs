using System.Globalization;
using Pessimist.Engine.Watching.Structure;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>Measures the outputs of layers in sampled passes.</summary>
sealed class Activations
{
    const long MostElements = 1 << 22;
    const int MostUnits = 1 << 16;

    readonly Dictionary<(int Model, string Name), UnitHistory> _histories = [];
    bool _lastAxis = true;

    /// <summary>An operator ran: tells on which axis the units of what follows are.</summary>
    public void Follow(OperatorKind kind)
    {
        if (kind.LastAxis is { } last) _lastAxis = last;
    }

    /// <param name="name">Path; for a function, the path of the module that calls it.</param>
    /// <param name="type">Class, or the function's name.</param>
    /// <param name="kind">Of the operator, when it is an activation function.</param>
    public ModuleMeasure? Measure(Network network, string name, string type, OperatorKind? kind, Tensor output)
    {
        if (!output.DType.IsFloatingPoint() || output.Numel is 0 or > MostElements || output.Rank < 1) return null;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        if (Facts.OnProcessor(output) is not { } here) return null;
        var values = here.To(DType.Float32).AsSpan<float>();
        var axis = output.Rank < 2 ? 0 : _lastAxis ? output.Rank - 1 : 1;
        var units = (int)Math.Min(output.Shape[axis], MostUnits);
        var inner = 1;
        for (var i = axis + 1; i < output.Rank; i++) inner *= (int)output.Shape[i];

        UnitHistory? history = null;
        if (kind is { IsActivation: true })
        {
            var key = (network.Number, $"{name} {type} {units.ToString(CultureInfo.InvariantCulture)}");
            if (!_histories.TryGetValue(key, out history)) _histories[key] = history = new UnitHistory(units);
            history.Next();
        }

        double sum = 0, squares = 0, largest = 0;
        long finite = 0, zeros = 0, saturated = 0;
        var (low, high) = kind?.Range is { } range ? (range.Low + 0.01 * (range.High - range.Low), range.High - 0.01 * (range.High - range.Low)) : (double.NaN, double.NaN);
        for (var i = 0; i < values.Length; i++)
        {
            double x = values[i];
            if (!double.IsFinite(x)) continue;
            finite++;
            sum += x;
            squares += x * x;
            largest = Math.Max(largest, Math.Abs(x));
            if (x == 0) zeros++;
            if (history is null) continue;
            var unit = i / inner % units;
            if (x > 0) history.Active(unit);
            if (x <= low || x >= high) saturated++;
            else history.Free(unit);
        }

        var count = Math.Max(1, finite);
        var mean = sum / count;
        return new ModuleMeasure(
            name, type, mean, Math.Sqrt(Math.Max(0, squares / count - mean * mean)), largest, (double)zeros / count, values.Length - finite, units,
            NeverActive: kind is { IsRectifier: true } ? history?.NeverActive : null,
            Saturated: kind?.Range is null ? null : (double)saturated / count,
            SaturatedUnits: kind?.Range is null ? null : history?.AlwaysSaturated,
            Batches: history?.Batches ?? 1);
    }
}
