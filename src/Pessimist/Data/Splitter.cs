namespace Pessimist.Data;

/// <summary>Divides examples into training, validation and test sets.</summary>
public static class Splitter
{
    /// <summary>
    /// An order of the examples in which every prefix is a stratified sample: classes are shuffled one by one, then interleaved by their
    /// share (rank / class size).
    /// </summary>
    public static int[] NestedOrder(int[]? classes, int count, int seed)
    {
        var order = Shuffled(count, seed);
        if (classes is null) return order;
        var sizes = new int[classes.Length == 0 ? 0 : classes.Max() + 1];
        foreach (var label in classes) sizes[label]++;
        var seen = new int[sizes.Length];
        var keys = new double[count];
        for (var i = 0; i < count; i++)
        {
            var label = classes[order[i]];
            keys[i] = (seen[label]++ + 0.5) / sizes[label];
        }

        // Ties must fall the same way everywhere: the shuffled place decides.
        var places = new int[count];
        for (var i = 0; i < count; i++) places[i] = i;
        Array.Sort(places, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        return Array.ConvertAll(places, p => order[p]);
    }

    static int[] Shuffled(int count, int seed)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        new Random(seed).Shuffle(order);
        return order;
    }
}
