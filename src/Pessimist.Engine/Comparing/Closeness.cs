using System.Globalization;
using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>How near two tensors are to each other.</summary>
/// <param name="MaxDifference">Largest absolute difference; NaN when they cannot be subtracted.</param>
/// <param name="Scale">Largest finite absolute value of both.</param>
/// <param name="Identical">Every bit is the same.</param>
/// <param name="Note">Why they cannot be subtracted; empty when they can.</param>
public sealed record Closeness(double MaxDifference, double Scale, bool Identical, string Note = "")
{
    /// <summary>The largest difference as a share of the largest value; NaN when they cannot be subtracted.</summary>
    public double Relative => double.IsNaN(MaxDifference) ? double.NaN : MaxDifference == 0 ? 0 : MaxDifference / Scale;

    public bool Within(double relative) => Relative <= relative;

    /// <summary>NaN in both, and the same infinity in both, are alike.</summary>
    public static Closeness Of(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        if (!a.Shape.AsSpan().SequenceEqual(b.Shape)) return new Closeness(double.NaN, 0, false, $"shape {Shape(a)} against {Shape(b)}");
        if (a.Numel == 0) return new Closeness(0, 0, true);
        var (x, y) = (a.Detach().To(Device.Cpu, DType.Float64), b.Detach().To(Device.Cpu, DType.Float64));
        var alike = x.Eq(y).LogicalOr(x.IsNaN().LogicalAnd(y.IsNaN()));
        var difference = Tensor.Where(alike, x.ZerosLike(), (x - y).Abs());
        var scale = Math.Max(Largest(x), Largest(y));
        if (!Finite(difference))
        {
            var at = difference.IsFinite().LogicalNot().Reshape(-1).To(DType.Int64).ArgMax().Item<long>();
            return new Closeness(double.NaN, scale, false, $"value {Index(at, a.Shape)} is {Word(x, at)} against {Word(y, at)}");
        }

        var largest = difference.Max().Item<double>();
        return new Closeness(largest, scale, largest == 0 && a.DType == b.DType);
    }

    internal static bool Finite(Tensor x) => x.IsFinite().All().To(DType.Int64).Item<long>() == 1;

    static double Largest(Tensor x) => Tensor.Where(x.IsFinite(), x.Abs(), x.ZerosLike()).Max().Item<double>();

    static string Word(Tensor x, long at) => x.Reshape(-1).Select(0, at).Item<double>().ToString("G6", CultureInfo.InvariantCulture);

    static string Index(long flat, long[] shape)
    {
        var at = new long[shape.Length];
        for (var i = shape.Length - 1; i >= 0; i--) (flat, at[i]) = Math.DivRem(flat, shape[i]);
        return $"[{string.Join(", ", at)}]";
    }

    internal static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";
}
