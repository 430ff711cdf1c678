using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>The same numbers in another place: a transposed matrix, a flipped kernel (convolution against correlation), gates in another order.</summary>
public sealed class RearrangedWeight : IReason
{
    public string Name => "rearranged-weight";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (changed, aim) in difference.Ways)
            foreach (var input in difference.InputsOf(changed))
                foreach (var (words, weights) in Changes(changed.Own))
                {
                    if (difference.Again(changed, input, weights) is not { } again || !difference.Gives(again, aim.Output)) continue;
                    return new ConfirmedReason(Name, $"{aim.Call.Path} of {aim.Name} is that of {changed.Name} with {words}",
                        $"with {words} in {changed.Name}, {Difference.Left(again, aim.Output)}", "bring the weights of one into the order of the other when they are converted");
                }

        return null;
    }

    static IEnumerable<(string Words, Dictionary<string, Tensor> Weights)> Changes(IReadOnlyDictionary<string, Tensor> own)
    {
        foreach (var (name, weight) in own.Where(w => w.Value.Rank is >= 2 and <= 4))
        {
            foreach (var order in Axes.Orders(weight.Rank).Where(o => Axes.KeepsShape(weight, o)))
                yield return ($"the {name} transposed ({string.Join(", ", order)})", new() { [name] = weight.Permute(order).Contiguous() });
            if (weight.Rank > 2)
                yield return ($"the {name} flipped (convolution against cross-correlation)", new() { [name] = weight.Flip([.. Enumerable.Range(2, weight.Rank - 2).Select(i => (long)i)]) });
        }

        foreach (var gates in new[] { 4, 3 })
        {
            var stacked = own.Where(w => w.Key.Contains("_ih_", StringComparison.Ordinal) || w.Key.Contains("_hh_", StringComparison.Ordinal)).ToArray();
            if (stacked.Length == 0 || stacked.Any(w => w.Value.Shape[0] % gates != 0)) continue;
            foreach (var order in Axes.Orders(gates))
                yield return ($"its gates in the order {string.Join(", ", order)}", stacked.ToDictionary(w => w.Key, w => Gates(w.Value, order)));
        }
    }

    static Tensor Gates(Tensor weight, long[] order)
    {
        var parts = weight.Chunk(order.Length);
        return Tensor.Cat([.. order.Select(i => parts[i])]);
    }
}
