namespace Pessimist.Evaluation;

/// <summary>The examples with the highest and the lowest loss, by position.</summary>
/// <param name="Highest">Highest loss first; NaN counts as the highest of all.</param>
/// <param name="Lowest">Lowest loss first.</param>
public sealed record TopLosses(IReadOnlyList<int> Highest, IReadOnlyList<int> Lowest)
{
    /// <param name="losses">One per example.</param>
    /// <param name="count">How many of each end.</param>
    /// <param name="labels">The class of each example, or empty for no cap.</param>
    /// <param name="perClass">At most so many examples of one class at each end, so that one class does not fill the list.</param>
    public static TopLosses Of(ReadOnlySpan<double> losses, int count, ReadOnlySpan<int> labels = default, int perClass = int.MaxValue)
    {
        if (!labels.IsEmpty)
            ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Length, losses.Length);
        var keys = new double[losses.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = double.IsNaN(losses[i]) ? double.PositiveInfinity : losses[i];
        var order = Enumerable.Range(0, keys.Length).ToArray();
        // The position breaks ties, so that the result does not depend on the sort.
        var ascending = order.OrderBy(i => keys[i]).ThenBy(i => i);
        var descending = order.OrderByDescending(i => keys[i]).ThenBy(i => i);
        var classes = labels.ToArray();
        return new TopLosses(Capped(descending, count, classes, perClass), Capped(ascending, count, classes, perClass));
    }

    static List<int> Capped(IEnumerable<int> order, int count, int[] labels, int perClass)
    {
        var taken = new List<int>();
        var perLabel = new Dictionary<int, int>();
        foreach (var i in order)
        {
            if (taken.Count >= count) break;
            if (labels.Length > 0)
            {
                var already = perLabel.GetValueOrDefault(labels[i]);
                if (already >= perClass) continue;
                perLabel[labels[i]] = already + 1;
            }

            taken.Add(i);
        }

        return taken;
    }
}
