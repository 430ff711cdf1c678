using System.Globalization;

namespace Pessimist.Evaluation.KnownResults;

/// <summary>A published error that any sound training of a network reaches.</summary>
/// <param name="Name">Model and data set.</param>
/// <param name="Error">With the interval that its number of test examples gives.</param>
public sealed record KnownBar(string Name, Estimate Error, string Source);

/// <summary>A result of ours beside what is published on the same data.</summary>
public static class KnownComparison
{
    /// <summary>Of the interval of a difference (Newcombe 1998).</summary>
    const double Confidence = 0.95;

    /// <summary>One sentence with the nearest published result and whether ours matches it; null where none is published.</summary>
    /// <param name="model">Our network's name in the catalogue.</param>
    /// <param name="ours">Wrong answers on the test set.</param>
    public static string? Quote(Recognition recognition, string model, ErrorRate ours, KnownResultTable? table = null)
    {
        ArgumentNullException.ThrowIfNull(recognition);
        var results = (table ?? KnownResultTable.Embedded).Results.Where(r => r.DataSet == recognition.DataSet.Id).ToArray();
        // The same kind of model first, then what was reached without augmentation, then what is nearest to ours.
        var nearest = results.OrderByDescending(r => r.Near?.Contains(model) == true).ThenByDescending(r => r.Judges?.Contains(model) == true).ThenBy(r => r.Augmented).ThenBy(r => Math.Abs(r.Error - ours.Value)).FirstOrDefault();
        if (nearest is null) return null;
        var published = $"{nearest.Model} is published with {nearest.Metric} {Share(nearest.Value)}{(nearest.Uncertainty.Length > 0 ? $" ({nearest.Uncertainty})" : "")}{(nearest.Augmented ? ", augmented" : "")} ({nearest.Source})";
        if (recognition.Split == KnownSplit.Other) return $"{recognition.Words}: {published}, on other test examples than ours, so it cannot be compared";
        return $"{recognition.Words}: {published}; {Verdict(nearest, ours)}";
    }

    static string Verdict(KnownResult known, ErrorRate ours)
    {
        var theirs = Of(known);
        var difference = Newcombe.Difference(theirs, ours, Confidence);
        var words = $"our error {Share(ours.Value)} is";
        if (difference.Low <= 0 && difference.High >= 0) return $"{words} the same within the intervals";
        return $"{words} {(difference.Value < 0 ? "lower" : "higher")} by {Points(Math.Abs(difference.Value))} points ({Points(Math.Min(Math.Abs(difference.Low), Math.Abs(difference.High)))} to {Points(Math.Max(Math.Abs(difference.Low), Math.Abs(difference.High)))})";
    }

    /// <summary>
    /// For the check below-known-result: the hardest published result that any sound training of this network reaches. Null where the data, the split or the
    /// network is another.
    /// </summary>
    public static KnownBar? Judge(Recognition recognition, string model, KnownResultTable? table = null)
    {
        ArgumentNullException.ThrowIfNull(recognition);
        if (recognition.Split != KnownSplit.Published) return null;
        var bar = (table ?? KnownResultTable.Embedded).Results.Where(r => r.DataSet == recognition.DataSet.Id && r.Judges?.Contains(model) == true && !r.Augmented).MinBy(r => r.Error);
        return bar is null ? null : new KnownBar($"{bar.Model} on {recognition.DataSet.Name}", Of(bar).Interval(Confidence), bar.Source);
    }

    static ErrorRate Of(KnownResult known) => new((long)Math.Round(known.Error * known.Count), known.Count);

    static string Share(double value) => (100 * value).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    static string Points(double value) => (100 * value).ToString("0.##", CultureInfo.InvariantCulture);
}
