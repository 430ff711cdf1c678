namespace Pessimist.Experiments;

/// <summary>
/// The best that any network can do on one batch: above 0 where equal inputs carry different targets, or labels are smoothed.
/// </summary>
/// <param name="Loss">The lowest mean loss.</param>
/// <param name="Error">The lowest share of wrong examples, 0 to 1.</param>
public sealed record BatchFloor(double Loss, double Error)
{
    public static BatchFloor Zero { get; } = new(0, 0);

    /// <summary>For mean cross-entropy with uniform label smoothing: the entropy of the mean target of each group of equal inputs.</summary>
    /// <param name="inputs">Examples one after another, each as long as the others.</param>
    public static BatchFloor OfClasses(ReadOnlySpan<float> inputs, IReadOnlyList<int> labels, int classes, double smoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(labels);
        double loss = 0, error = 0;
        foreach (var group in Groups(inputs, labels.Count))
        {
            var counts = new int[classes];
            foreach (var i in group) counts[labels[i]]++;
            foreach (var count in counts)
            {
                var share = (double)count / group.Count * (1 - smoothing) + smoothing / classes;
                if (share > 0) loss -= group.Count * share * Math.Log(share);
            }

            error += group.Count - counts.Max();
        }

        return new BatchFloor(loss / labels.Count, error / labels.Count);
    }

    /// <summary>For mean squared error: the variance of the targets inside each group of equal inputs.</summary>
    /// <param name="targets">Row-major, as many per example as there are outputs.</param>
    public static BatchFloor OfValues(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets, int examples)
    {
        var width = targets.Length / examples;
        var loss = 0.0;
        foreach (var group in Groups(inputs, examples))
            for (var column = 0; column < width; column++)
            {
                var mean = 0.0;
                foreach (var i in group) mean += targets[i * width + column];
                mean /= group.Count;
                foreach (var i in group) loss += (targets[i * width + column] - mean) * (targets[i * width + column] - mean);
            }

        return new BatchFloor(loss / targets.Length, 0);
    }

    /// <summary>For mean binary cross-entropy over independent yes/no labels.</summary>
    public static BatchFloor OfYesNo(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets, int examples)
    {
        var width = targets.Length / examples;
        double loss = 0, error = 0;
        foreach (var group in Groups(inputs, examples))
            for (var column = 0; column < width; column++)
            {
                var yes = 0.0;
                foreach (var i in group) yes += targets[i * width + column];
                var p = yes / group.Count;
                if (p is > 0 and < 1) loss -= group.Count * (p * Math.Log(p) + (1 - p) * Math.Log(1 - p));
                error += Math.Min(yes, group.Count - yes);
            }

        return new BatchFloor(loss / targets.Length, error / targets.Length);
    }

    /// <summary>Indices of examples with bit-equal inputs.</summary>
    static Dictionary<string, List<int>>.ValueCollection Groups(ReadOnlySpan<float> inputs, int examples)
    {
        var width = inputs.Length / examples;
        var groups = new Dictionary<string, List<int>>(examples, StringComparer.Ordinal);
        for (var i = 0; i < examples; i++)
        {
            var key = Hash(inputs.Slice(i * width, width));
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = []);
            group.Add(i);
        }

        return groups.Values;
    }

    static string Hash(ReadOnlySpan<float> row) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(row)));
}
