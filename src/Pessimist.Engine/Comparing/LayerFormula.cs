using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>A fully connected layer or a convolution of which only input, output and weight were recorded: the formula is found by computing the output from them.</summary>
sealed class LayerFormula
{
    const int LargestStride = 4;

    readonly IReadOnlyDictionary<string, Tensor> _own;
    readonly Func<Tensor, Tensor, Tensor?, Tensor> _formula;

    LayerFormula(Tensor input, IReadOnlyDictionary<string, Tensor> own, Func<Tensor, Tensor, Tensor?, Tensor> formula) => (Input, _own, _formula) = (input, own, formula);

    /// <summary>What the layer was called with.</summary>
    public Tensor Input { get; }

    public Tensor Compute(Tensor input, IReadOnlyDictionary<string, Tensor> replaced) =>
        _formula(input, replaced.GetValueOrDefault("weight", _own["weight"]), replaced.GetValueOrDefault("bias") ?? _own.GetValueOrDefault("bias"));

    /// <summary>Null where no formula gives what the side put out.</summary>
    public static LayerFormula? Of(DifferingSide side, IEnumerable<Tensor> inputs)
    {
        if (!side.Own.TryGetValue("weight", out var weight) || weight.Rank is < 2 or > 4 || !Difference.Telling(side.Output)) return null;
        var within = Rounding.Of(weight.DType, side.Output.DType).Most;
        foreach (var input in inputs)
            foreach (var formula in Formulas(input, weight, side.Output))
                if (Difference.Try(() => formula(input, weight, side.Own.GetValueOrDefault("bias"))) is { } given && Closeness.Of(given, side.Output).Within(within)) return new LayerFormula(input, side.Own, formula);
        return null;
    }

    static IEnumerable<Func<Tensor, Tensor, Tensor?, Tensor>> Formulas(Tensor x, Tensor weight, Tensor output)
    {
        if (weight.Rank == 2)
        {
            if (x.Rank >= 1 && x.Shape[^1] == weight.Shape[1]) yield return Functional.Linear;
            yield break;
        }

        if (x.Rank != weight.Rank || output.Rank != x.Rank || x.Shape[1] % weight.Shape[1] != 0) yield break;
        var groups = x.Shape[1] / weight.Shape[1];
        for (var stride = 1L; stride <= LargestStride; stride++)
            for (var padding = 0L; padding < weight.Shape[2]; padding++)
            {
                if ((x.Shape[2] + 2 * padding - weight.Shape[2]) / stride + 1 != output.Shape[2]) continue;
                var (step, pad) = (stride, padding);
                if (weight.Rank == 3) yield return (input, w, bias) => Functional.Conv1d(input, w, bias, step, pad, 1, groups);
                else yield return (input, w, bias) => Functional.Conv2d(input, w, bias, step, pad, 1, groups);
            }
    }
}
