using Pessimist.Engine.Comparing.Reasons;
using Pessimist.Text;
using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>Parameters and buffers of both, by name.</summary>
/// <param name="Problem">One sentence where they cannot be compared, else empty.</param>
public sealed record ComparedWeights(IReadOnlyList<ComparedTensor> Tensors, IReadOnlyList<string> OnlyA, IReadOnlyList<string> OnlyB, string Problem = "")
{
    public bool Differs => Tensors.Any(t => t.Differs);
}

/// <summary>Compares weights before anything is run: whoever computes the same formula with other numbers is not looked for in the code.</summary>
static class WeightComparer
{
    public static ComparedWeights Compare(Implementation a, Implementation b)
    {
        var (first, second) = (Counted(a.Weights), Counted(b.Weights));
        if (first.Count == 0 || second.Count == 0)
            return new ComparedWeights([], [], [], $"weights were not compared: {(first.Count == 0 ? a.Name : b.Name)} holds none{(first.Count == 0 ? "" : "; record them under weights/ to have them compared")}");
        var tensors = first.Where(w => second.ContainsKey(w.Key)).Select(w => Compare(w.Key, w.Value, second[w.Key])).ToArray();
        string[] onlyA = [.. first.Keys.Where(n => !second.ContainsKey(n))], onlyB = [.. second.Keys.Where(n => !first.ContainsKey(n))];
        return new ComparedWeights(tensors, onlyA, onlyB, tensors.Length > 0 ? "" : $"weights were not compared: no name is in both ({DidYouMean.List(onlyA, 3)} against {DidYouMean.List(onlyB, 3)})");
    }

    /// <summary>Counters that no output depends on are left out.</summary>
    static Dictionary<string, Tensor> Counted(IReadOnlyDictionary<string, Tensor> weights) =>
        weights.Where(w => !w.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToDictionary(w => w.Key, w => w.Value, StringComparer.Ordinal);

    static ComparedTensor Compare(string name, Tensor a, Tensor b)
    {
        using var scope = Scope.New();
        var closeness = Closeness.Of(a, b);
        var tolerance = Copied(a, b);
        var compared = new ComparedTensor(name, name, a.Shape, closeness, tolerance);
        return compared.Differs ? compared with { Note = Related(a, b, tolerance) } : compared;
    }

    /// <summary>A weight is copied and not computed: half a unit in the last place of the coarser type is all that a conversion may change.</summary>
    static double Copied(Tensor a, Tensor b) => Rounding.Of(a.DType, b.DType).DType switch
    {
        DType.BFloat16 => Math.Pow(2, -8),
        DType.Float16 => Math.Pow(2, -11),
        DType.Float32 => 1e-6,
        DType.Float64 => 1e-14,
        _ => 0,
    };

    /// <summary>What the one is of the other, shown by making it; empty where nothing simple makes it.</summary>
    internal static string Related(Tensor a, Tensor b, double tolerance)
    {
        if (!a.DType.IsFloatingPoint() || a.Numel != b.Numel || !Difference.Telling(b)) return "";
        bool Gives(Tensor candidate) => Closeness.Of(candidate, b).Within(tolerance);
        if (Gives(-a)) return "the second is the first with the sign turned";
        if (a.Rank == b.Rank && a.Rank is >= 2 and <= 4)
            foreach (var order in Axes.Orders(a.Rank))
                if (order.Select(i => a.Shape[i]).SequenceEqual(b.Shape) && Gives(a.Permute(order))) return $"the second is the first transposed ({string.Join(", ", order)})";
        if (a.Rank > 2 && Gives(a.Flip([.. Enumerable.Range(2, a.Rank - 2).Select(i => (long)i)]))) return "the second is the first flipped along its kernel";
        foreach (var (word, type) in new[] { ("float16", DType.Float16), ("bfloat16", DType.BFloat16) })
            if (Gives(a.To(type).To(b.DType)) || a.Shape.AsSpan().SequenceEqual(b.Shape) && Closeness.Of(a, b.To(type).To(a.DType)).Within(tolerance)) return $"one is the other rounded to {word}";
        return "";
    }
}
