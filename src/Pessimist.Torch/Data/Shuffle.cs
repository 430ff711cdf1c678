namespace Pessimist.Torch.Data;

/// <summary>Permutations that depend on their seeds alone, not on the version of .NET or libtorch, and draw nothing from libtorch's generator.</summary>
public static class Shuffle
{
    /// <summary>0 … <paramref name="count"/> - 1 in an order of its own for each seed and epoch.</summary>
    public static int[] Permutation(int count, long seed, int epoch = 0)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        var state = unchecked(Mix((ulong)seed) + (ulong)epoch);
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)Math.BigMul(Next(ref state), (ulong)(i + 1), out _);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>A seed of its own for each (seed, epoch, batch).</summary>
    internal static int Seed(long seed, int epoch, int batch)
    {
        var state = unchecked(Mix((ulong)seed) + (ulong)epoch);
        state = unchecked(Mix(state) + (ulong)batch);
        return (int)(Next(ref state) >> 33);
    }

    // SplitMix64 (Steele, Lea and Flood 2014).
    static ulong Next(ref ulong state) => Mix(state = unchecked(state + 0x9E3779B97F4A7C15));

    static ulong Mix(ulong z)
    {
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
