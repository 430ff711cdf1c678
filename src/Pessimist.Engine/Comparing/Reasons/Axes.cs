using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

static class Axes
{
    /// <summary>All orders of so many axes but the one that they have.</summary>
    public static IEnumerable<long[]> Orders(int count) => Permutations([.. Enumerable.Range(0, count).Select(i => (long)i)], 0).Where(o => !o.SequenceEqual(o.Order()));

    public static bool KeepsShape(Tensor tensor, long[] order) => order.Select(i => tensor.Shape[i]).SequenceEqual(tensor.Shape);

    static IEnumerable<long[]> Permutations(long[] items, int from)
    {
        if (from == items.Length)
        {
            yield return [.. items];
            yield break;
        }

        for (var i = from; i < items.Length; i++)
        {
            (items[from], items[i]) = (items[i], items[from]);
            foreach (var rest in Permutations(items, from + 1)) yield return rest;
            (items[from], items[i]) = (items[i], items[from]);
        }
    }
}
