using Pessimist.Engine.Watching.Tracing;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Structure;

/// <summary>How much of an arithmetic on integers does not fit the type and wraps around.</summary>
static class Wrapping
{
    const long MostElements = 1 << 20;

    /// <returns>Share of elements, 0 to 1; null for what is no such arithmetic.</returns>
    public static double? Share(OperatorKind kind, IReadOnlyList<(Tensor Tensor, long Id)> inputs, IReadOnlyDictionary<string, double> settings, ReadOnlySpan<Tensor> results)
    {
        if (results.Length != 1 || kind.InPlace || inputs.Count is 0 or > 2 || results[0].Numel is 0 or > MostElements || RangeOf(results[0].DType) is not var (low, high)) return null;
        var a = inputs[0].Tensor.To(DType.Float64);
        var alpha = settings.GetValueOrDefault("alpha", 1);
        var b = inputs.Count == 2 ? inputs[1].Tensor.To(DType.Float64) : null;
        if (b is null && kind.Name is "add" or "sub" or "mul" or "rsub" or "pow" && !settings.ContainsKey("scalar") && !settings.ContainsKey("exponent")) return null;
        var number = settings.GetValueOrDefault("scalar");
        var exact = kind.Name switch
        {
            "add" => b is null ? a + number * alpha : a + b * alpha,
            "sub" => b is null ? a - number * alpha : a - b * alpha,
            "rsub" => b is null ? number - a * alpha : b - a * alpha,
            "mul" => b is null ? a * number : a * b,
            "neg" => -a,
            "square" => a * a,
            "pow" when b is null => a.Pow(settings["exponent"]),
            "to" => a.Sign() * a.Abs().Floor(),
            _ => null,
        };
        if (exact is null) return null;
        // NaN becomes some integer, too.
        var fits = exact.Ge(low).LogicalAnd(exact.Le(high));
        return 1 - fits.Sum().Item<double>() / exact.Numel;
    }

    static (double Low, double High)? RangeOf(DType dtype) => dtype switch
    {
        DType.UInt8 => (0, 255),
        DType.Int8 => (-128, 127),
        DType.Int16 => (-32768, 32767),
        DType.Int32 => (int.MinValue, int.MaxValue),
        _ => null,
    };
}
