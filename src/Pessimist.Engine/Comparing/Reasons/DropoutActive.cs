using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>One side is in training mode: a share p of the values is 0, the others are 1 / (1 - p) times as large.</summary>
public sealed class DropoutActive : IReason
{
    const double Deviations = 5;

    public string Name => "dropout-active";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (whole, dropped) in difference.Ways)
        {
            if (!whole.Output.Shape.AsSpan().SequenceEqual(dropped.Output.Shape) || !Difference.Telling(dropped.Output) || !whole.Output.DType.IsFloatingPoint()) continue;
            var (x, y) = (whole.Output.To(Device.Cpu, DType.Float64).Reshape(-1), dropped.Output.To(Device.Cpu, DType.Float64).Reshape(-1));
            var at = y.Abs().ArgMax().Item<long>();
            var factor = y.Select(0, at).Item<double>() / x.Select(0, at).Item<double>();
            if (!double.IsFinite(factor) || factor <= 1) continue;
            var share = 1 - 1 / factor;
            var gone = y.Eq(0).LogicalAnd(x.Ne(0));
            var kept = Tensor.Where(gone, x.ZerosLike(), x * factor);
            // Negative and positive values alike: an activation drops by the sign.
            var (negative, positive) = (Count(gone.LogicalAnd(x.Lt(0))), Count(gone.LogicalAnd(x.Gt(0))));
            var (zeros, possible) = (negative + positive, Count(x.Ne(0)));
            if (zeros == 0 || (negative == 0) != (Count(x.Lt(0)) == 0) || positive == 0) continue;
            // Whole channels may be dropped: then these are what is drawn.
            var draws = whole.Output.Rank > 2 ? Math.Min(possible, whole.Output.Shape[0] * whole.Output.Shape[1]) : possible;
            if (Math.Abs(zeros / (double)possible - share) > Deviations * Math.Sqrt(share * (1 - share) / draws) + 1.0 / draws) continue;
            if (!difference.Gives(kept.Reshape(dropped.Output.Shape), dropped.Output)) continue;
            return new ConfirmedReason(Name, FormattableString.Invariant($"{dropped.Name} is in training mode: {dropped.Call.Path} is dropped with p = {share:0.##}"),
                FormattableString.Invariant($"{zeros} of {possible} values are 0 and all others are {factor:0.####} times those of {whole.Name}, as dropout with p = {share:0.##} makes them"),
                $"put {dropped.Name} into evaluation mode (model.eval()) and compare again");
        }

        return null;
    }

    static long Count(Tensor mask) => mask.To(DType.Int64).Sum().Item<long>();
}
