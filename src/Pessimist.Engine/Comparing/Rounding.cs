using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>What rounding alone may do to a layer's output, as a share of its largest value.</summary>
/// <param name="First">For a layer whose inputs are the same to the last bit.</param>
/// <param name="Most">However much has come together in the layers before it.</param>
/// <remarks>
/// One operation rounds by half a unit in the last place (2^-24 of the value in float32); a sum of n products, added in another order, by about
/// the root of n of them, and fast convolutions (Winograd, FFT) by tens: 1e-5 is 84 units. What the layers before differ by is passed on, so a layer may
/// differ by three times that, up to 1e-4, which no known network reaches by rounding in evaluation mode and other formulas do.
/// </remarks>
public sealed record Rounding(DType DType, double First, double Most)
{
    const double Passed = 3;

    /// <summary>Of what the values were computed in, which may be coarser than what they are stored in: float32 saved as float64 rounds as float32.</summary>
    public static Rounding Of(Tensor a, Tensor b) => Of(Computed(a), Computed(b));

    static DType Computed(Tensor tensor)
    {
        if (tensor.DType != DType.Float64) return tensor.DType;
        using var scope = Scope.New();
        return Closeness.Of(tensor, tensor.To(DType.Float32).To(DType.Float64)).MaxDifference == 0 ? DType.Float32 : DType.Float64;
    }

    public static Rounding Of(DType a, DType b) => Coarsest(a, b) switch
    {
        DType.BFloat16 => new(DType.BFloat16, 3e-2, 1e-1),
        DType.Float16 => new(DType.Float16, 4e-3, 3e-2),
        DType.Float32 => new(DType.Float32, 1e-5, 1e-4),
        DType.Float64 => new(DType.Float64, 1e-13, 1e-11),
        var whole => new(whole, 0, 0),
    };

    /// <param name="before">The largest difference, as a share, among the layers before that agree.</param>
    public double After(double before) => Math.Min(Most, Math.Max(First, Passed * before));

    static DType Coarsest(DType a, DType b)
    {
        foreach (var dtype in new[] { DType.BFloat16, DType.Float16, DType.Float32, DType.Float64 })
            if (a == dtype || b == dtype) return dtype;
        return a;
    }
}
