using System.Globalization;
using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>The same up to a factor and a shift: inputs of another unit, a scale that is missing (1/255, 1/√d), an average for a sum.</summary>
public sealed class ScaledAndShifted : IReason
{
    public string Name => "scaled";

    public ConfirmedReason? Confirm(Difference difference)
    {
        var (a, b) = (difference.A.Output, difference.B.Output);
        if (!a.Shape.AsSpan().SequenceEqual(b.Shape) || !Difference.Telling(a) || !Difference.Telling(b)) return null;
        var (x, y) = (a.To(Device.Cpu, DType.Float64), b.To(Device.Cpu, DType.Float64));
        var (meanX, meanY) = (x.Mean().Item<double>(), y.Mean().Item<double>());
        var centred = x - meanX;
        var factor = centred.Mul(y - meanY).Sum().Item<double>() / centred.Square().Sum().Item<double>();
        var shift = meanY - factor * meanX;
        var scale = y.Abs().Max().Item<double>();
        if (Math.Abs(shift) <= difference.Tolerance * scale) shift = 0;
        // A factor of 1 with no shift would be agreement; one near 0 explains nothing.
        if (!double.IsFinite(factor) || factor == 0) return null;
        var fitted = x * factor + shift;
        if (!difference.Gives(fitted, b)) return null;
        var words = $"{factor.ToString("0.######", CultureInfo.InvariantCulture)} times {difference.A.Name}'s{(shift == 0 ? "" : $" {(shift < 0 ? "minus" : "plus")} {Math.Abs(shift).ToString("0.######", CultureInfo.InvariantCulture)}")}";
        return new ConfirmedReason(Name, $"{difference.Path} of {difference.B.Name} is {words}", $"scaled so, {Difference.Left(fitted, b)}",
            "look for a unit, a scale or a normalization that only one of the two applies");
    }
}
