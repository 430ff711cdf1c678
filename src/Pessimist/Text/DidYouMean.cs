namespace Pessimist.Text;

/// <summary>Finds the name a person most likely meant, by the optimal-string-alignment distance (Damerau 1964), ignoring case.</summary>
public static class DidYouMean
{
    /// <summary>The candidate nearest to <paramref name="given"/>, or null when none is near enough to be worth suggesting.</summary>
    public static string? Nearest(string given, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(candidates);
        if (ShortFor(given, candidates) is { } whole) return whole;
        string? best = null;
        var limit = Math.Max(1, (given.Length + 1) / 3);
        var bestDistance = limit + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - given.Length) >= bestDistance)
                continue;
            var distance = Distance(given, candidate);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }

        return best;
    }

    /// <summary>The shortest candidate that begins with what was given: <c>--out</c> for <c>--output</c>.</summary>
    static string? ShortFor(string given, IEnumerable<string> candidates) => given.TrimStart('-').Length < 3 ? null
        : candidates.Where(c => c.StartsWith(given, StringComparison.OrdinalIgnoreCase)).MinBy(c => c.Length);

    /// <summary>"; did you mean 'x'?" to put behind a message, or an empty string.</summary>
    public static string Suffix(string given, IEnumerable<string> candidates) =>
        Nearest(given, candidates) is { } name ? $"; did you mean '{name}'?" : "";

    /// <summary>The first <paramref name="limit"/> names, quoted and separated by commas, with the number left out.</summary>
    public static string List(IEnumerable<string> names, int limit = 12)
    {
        ArgumentNullException.ThrowIfNull(names);
        var all = names as IReadOnlyCollection<string> ?? [.. names];
        var shown = string.Join(", ", all.Take(limit).Select(n => $"'{n}'"));
        return all.Count > limit ? $"{shown} and {all.Count - limit} more" : shown;
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.</summary>
    internal static int Distance(string a, string b)
    {
        int[] before = new int[b.Length + 1], previous = new int[b.Length + 1], current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[b.Length];
    }

    static bool Same(char x, char y) => char.ToUpperInvariant(x) == char.ToUpperInvariant(y);
}
