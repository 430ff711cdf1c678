using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>The same slices along one axis in another order: BGR for RGB, units or heads rearranged, time reversed.</summary>
public sealed class PermutedChannels : IReason
{
    const int MostNamed = 6;

    public string Name => "permuted-channels";

    public ConfirmedReason? Confirm(Difference difference)
    {
        var (a, b) = (difference.A.Output, difference.B.Output);
        if (!a.Shape.AsSpan().SequenceEqual(b.Shape) || !a.DType.IsFloatingPoint()) return null;
        for (var axis = 0; axis < a.Rank; axis++)
        {
            if (a.Shape[axis] < 2 || Order(a, b, axis) is not { } order) continue;
            var moved = a.IndexSelect(axis, Tensor.From(order));
            if (!difference.Gives(moved, b)) continue;
            var words = order.Length <= MostNamed ? string.Join(", ", order) : $"{string.Join(", ", order.Take(MostNamed))} …";
            return new ConfirmedReason(Name, FormattableString.Invariant($"the output of {difference.Path} has the same values in another order along dimension {axis}"),
                $"with {difference.A.Name} taken in the order {words}, {Difference.Left(moved, b)}", "bring the channels (units, heads, steps, examples) of both into one order");
        }

        return null;
    }

    /// <summary>For each slice of the second its place in the first, found by a weighted sum that tells slices apart.</summary>
    static long[]? Order(Tensor a, Tensor b, int axis)
    {
        var (first, second) = (Signatures(a, axis), Signatures(b, axis));
        if (first.Concat(second).Any(v => !double.IsFinite(v))) return null;
        var (byFirst, bySecond) = (Sorted(first), Sorted(second));
        var order = new long[first.Length];
        for (var i = 0; i < order.Length; i++) order[bySecond[i]] = byFirst[i];
        return order;
    }

    static int[] Sorted(double[] values) => [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];

    static double[] Signatures(Tensor x, int axis)
    {
        using var scope = Scope.New();
        var rows = x.To(Device.Cpu, DType.Float64).Transpose(0, axis).Contiguous().Reshape(x.Shape[axis], -1);
        return rows.Mul(Tensor.Arange(rows.Shape[1], DType.Float64).Mul(Tensor.Scalar(0.7390851, DType.Float64)).Cos() + 1.5).Sum(1).ToArray<double>();
    }
}
