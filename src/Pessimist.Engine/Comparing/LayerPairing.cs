using Pessimist.Text;

namespace Pessimist.Engine.Comparing;

/// <summary>Which layer of one implementation is which of the other.</summary>
/// <param name="How">By what they were paired, in words.</param>
public sealed record LayerPairing(string How, IReadOnlyList<(LayerCall A, LayerCall B)> Pairs, IReadOnlyList<string> OnlyA, IReadOnlyList<string> OnlyB)
{
    /// <summary>Names that are nearly the same, and were not paired.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    const int MostByOrder = 2000;

    /// <summary>By name where at least half of the layers of the smaller one have a namesake, else by order and shape.</summary>
    public static LayerPairing Of(IReadOnlyList<LayerCall> a, IReadOnlyList<LayerCall> b)
    {
        var byName = ByName(a, b, Strip(a), Strip(b));
        var possible = Math.Min(a.Count(Inner), b.Count(Inner));
        return byName.Pairs.Count(p => Inner(p.A)) * 2 >= Math.Max(1, possible) || possible == 0 && byName.Pairs.Count > 0 ? byName : ByOrder(a, b);
    }

    static bool Inner(LayerCall call) => call.Path != LayerCall.Whole;

    static LayerPairing ByName(IReadOnlyList<LayerCall> a, IReadOnlyList<LayerCall> b, string prefixA, string prefixB)
    {
        var others = new Dictionary<string, LayerCall>(StringComparer.Ordinal);
        foreach (var call in b) others.TryAdd(Short(call, prefixB), call);
        var pairs = a.Where(call => others.ContainsKey(Short(call, prefixA))).Select(call => (call, others[Short(call, prefixA)])).ToList();
        var (onlyA, onlyB) = (Without(a, pairs.Select(p => p.call)), Without(b, pairs.Select(p => p.Item2)));
        var how = "by name";
        if (prefixA.Length > 0) how += $", without '{prefixA}' of the first";
        if (prefixB.Length > 0) how += $", without '{prefixB}' of the second";
        return new LayerPairing(how, pairs, onlyA, onlyB)
        {
            Hints = [.. onlyA.Select(name => (name, Near: DidYouMean.Nearest(name, onlyB))).Where(h => h.Near is not null).Take(5).Select(h => $"'{h.name}' of the first and '{h.Near}' of the second may be the same layer under two names")],
        };
    }

    static string[] Without(IReadOnlyList<LayerCall> calls, IEnumerable<LayerCall> paired)
    {
        var gone = paired.ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. calls.Where(c => !gone.Contains(c)).Select(c => c.Path)];
    }

    static string Short(LayerCall call, string prefix) => prefix.Length > 0 && call.Path.StartsWith(prefix, StringComparison.Ordinal) ? call.Path[prefix.Length..] : call.Path;

    /// <summary><c>module.</c>, as wrappers put before every name; empty where there is none.</summary>
    static string Strip(IReadOnlyList<LayerCall> calls)
    {
        foreach (var prefix in new[] { "module.", "model.", "net.", "network." })
            if (calls.Any(Inner) && calls.Where(Inner).All(c => c.Path.StartsWith(prefix, StringComparison.Ordinal) || c.Path == prefix[..^1])) return prefix;
        return "";
    }

    /// <summary>
    /// Layers whose values agree are paired first, in order; between two such pairs the layers are paired one by one where both sides have equally
    /// many, of the same shapes. The ends are a pair where their shapes allow it: both are the result.
    /// </summary>
    static LayerPairing ByOrder(IReadOnlyList<LayerCall> a, IReadOnlyList<LayerCall> b)
    {
        var (first, second) = (Leaves(a), Leaves(b));
        var ends = new List<(LayerCall, LayerCall)>();
        if (first.Count > 0 && second.Count > 0 && a[^1].Output.Shape.AsSpan().SequenceEqual(b[^1].Output.Shape)) ends.Add((a[^1], b[^1]));
        var anchors = Agreeing(first, second);
        var pairs = new List<(LayerCall, LayerCall)>();
        var (i, j) = (0, 0);
        foreach (var (p, q) in anchors.Append((first.Count, second.Count)))
        {
            if (p - i == q - j && Enumerable.Range(0, p - i).All(k => first[i + k].Output.Shape.AsSpan().SequenceEqual(second[j + k].Output.Shape)))
                pairs.AddRange(Enumerable.Range(0, p - i).Select(k => (first[i + k], second[j + k])));
            if (p < first.Count) pairs.Add((first[p], second[q]));
            (i, j) = (p + 1, q + 1);
        }

        if (ends.Count > 0 && !pairs.Any(p => ReferenceEquals(p.Item1, ends[0].Item1) || ReferenceEquals(p.Item2, ends[0].Item2))) pairs.AddRange(ends);
        return new LayerPairing("by order and shape, as the names differ", pairs, Without(first, pairs.Select(p => p.Item1)), Without(second, pairs.Select(p => p.Item2)));
    }

    /// <summary>Layers that hold no other.</summary>
    static List<LayerCall> Leaves(IReadOnlyList<LayerCall> calls)
    {
        var containers = Containers(calls);
        return [.. calls.Where(c => !containers.Contains(c.Module)).Take(MostByOrder)];
    }

    /// <summary>Paths of layers that hold others, and of the network itself where it has layers.</summary>
    internal static HashSet<string> Containers(IReadOnlyList<LayerCall> calls)
    {
        var containers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var call in calls)
            for (var at = call.Module.LastIndexOf('.'); at > 0; at = call.Module.LastIndexOf('.', at - 1)) containers.Add(call.Module[..at]);
        if (calls.Any(Inner)) containers.Add(LayerCall.Whole);
        return containers;
    }

    /// <summary>The longest common subsequence, where two layers are alike when their outputs agree within rounding.</summary>
    static List<(int, int)> Agreeing(List<LayerCall> a, List<LayerCall> b)
    {
        var length = new int[a.Count + 1, b.Count + 1];
        var alike = new bool[a.Count, b.Count];
        for (var i = a.Count - 1; i >= 0; i--)
            for (var j = b.Count - 1; j >= 0; j--)
            {
                var (x, y) = (a[i].Output, b[j].Output);
                alike[i, j] = x.Shape.AsSpan().SequenceEqual(y.Shape) && Closeness.Of(x, y).Within(Rounding.Of(x, y).Most);
                length[i, j] = alike[i, j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }

        var pairs = new List<(int, int)>();
        for (var (i, j) = (0, 0); i < a.Count && j < b.Count;)
        {
            if (alike[i, j]) pairs.Add((i++, j++));
            else if (length[i + 1, j] >= length[i, j + 1]) i++;
            else j++;
        }

        return pairs;
    }
}
