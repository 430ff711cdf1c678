namespace Pessimist.Signals;

/// <summary>A bounded set of hashes of examples.</summary>
sealed class ExampleHashes(int most = ExampleHashes.Most)
{
    const int Most = 200_000;

    readonly HashSet<ulong> _seen = [];

    public int Count => _seen.Count;

    /// <summary>False when it was there already, or when there is no room.</summary>
    public bool Add(string hash) => _seen.Count < most && _seen.Add(Short(hash));

    public bool Contains(string hash) => _seen.Contains(Short(hash));

    public void Clear() => _seen.Clear();

    /// <summary>FNV-1a (Fowler, Noll, Vo 1991): 8 bytes instead of a string.</summary>
    public static ulong Short(string hash)
    {
        var value = 14695981039346656037;
        foreach (var c in hash) value = (value ^ c) * 1099511628211;
        return value;
    }
}
