using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>One side computes in float16, bfloat16 or TF32, though its outputs are stored as float32.</summary>
public sealed class LowerPrecision : IReason
{
    static readonly (string Name, DType Type)[] s_halves = [("float16", DType.Float16), ("bfloat16", DType.BFloat16)];

    public string Name => "lower-precision";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (full, lower) in difference.Ways)
            if ((ByValues(full, lower) ?? ByRounding(difference, full, lower)) is { } reason) return reason;
        return null;
    }

    /// <summary>All values are ones that the narrow type has, and as near to the others as it can come.</summary>
    ConfirmedReason? ByValues(DifferingSide full, DifferingSide lower)
    {
        if (!Difference.Telling(lower.Output) || !full.Output.DType.IsFloatingPoint()) return null;
        foreach (var (name, type) in s_halves)
        {
            if (lower.Output.DType == type || !Same(lower.Output, Rounded(lower.Output, type)) || Same(full.Output, Rounded(full.Output, type))) continue;
            if (!Closeness.Of(full.Output, lower.Output).Within(Rounding.Of(type, type).Most)) continue;
            return new ConfirmedReason(Name, $"{lower.Name} computes {lower.Call.Path} in {name}", $"all of its values are {name} numbers, those of {full.Name} are not, and they agree as far as {name} can tell",
                $"switch mixed precision off (autocast, half(), bfloat16()) in {lower.Name} and compare again");
        }

        return null;
    }

    ConfirmedReason? ByRounding(Difference difference, DifferingSide full, DifferingSide lower)
    {
        if (full.Own.Count == 0) return null;
        foreach (var input in difference.InputsOf(full))
        {
            if (input.DType != DType.Float32) continue;
            foreach (var (name, round) in new (string, Func<Tensor, Tensor>)[] { ("TF32", Tf32), ("bfloat16", x => Rounded(x, DType.BFloat16)), ("float16", x => Rounded(x, DType.Float16)) })
            {
                var weights = full.Own.Where(w => w.Value.DType == DType.Float32 && w.Value.Rank > 1).ToDictionary(w => w.Key, w => round(w.Value));
                if (weights.Count == 0 || difference.Again(full, round(input), weights) is not { } again || !difference.Gives(again, lower.Output)) continue;
                return new ConfirmedReason(Name, $"{lower.Name} computes {lower.Call.Path} with factors in {name}", $"with input and weight rounded to {name}, {Difference.Left(again, lower.Output)}",
                    name == "TF32" ? "switch it off with torch.backends.cuda.matmul.allow_tf32 = False and torch.backends.cudnn.allow_tf32 = False, or record on the CPU" : $"switch mixed precision off in {lower.Name} and compare again");
            }
        }

        return null;
    }

    static Tensor Rounded(Tensor x, DType type) => x.To(type).To(x.DType);

    /// <summary>To 10 bits of mantissa, to the nearest: Veltkamp's splitting.</summary>
    static Tensor Tf32(Tensor x)
    {
        var wide = x * 8193.0;
        return wide - (wide - x);
    }

    static bool Same(Tensor a, Tensor b) => Closeness.Of(a, b).MaxDifference == 0;
}
