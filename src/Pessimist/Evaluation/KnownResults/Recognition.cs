using System.Globalization;

namespace Pessimist.Evaluation.KnownResults;

/// <summary>How the examples are divided, beside how they were when the results were published.</summary>
public enum KnownSplit
{
    /// <summary>The published training and test sets.</summary>
    Published,

    /// <summary>Other examples are tested on: results can be looked at, and not compared.</summary>
    Other,
}

/// <summary>A data set that is recognized: every number of its fingerprint fits.</summary>
public sealed record Recognition(KnownDataSet DataSet, KnownSplit Split, string Words)
{
    /// <summary>Pixels are bytes, or the same from 0 to 1.</summary>
    static readonly double[] s_scales = [1, 1.0 / 255];

    /// <summary>Null where nothing fits in all: a subset, a changed copy, or data that merely look alike.</summary>
    public static Recognition? Of(DataFingerprint? fingerprint, KnownResultTable? table = null)
    {
        if (fingerprint is null) return null;
        foreach (var known in (table ?? KnownResultTable.Embedded).DataSets.Where(d => d.Inputs == fingerprint.Inputs))
        {
            if (Whole(known, fingerprint)) return new Recognition(known, Published(known, fingerprint) ? KnownSplit.Published : KnownSplit.Other, Describe(known, known.Count, known.Test?.Count));
            if (TrainingOnly(known, fingerprint)) return new Recognition(known, KnownSplit.Other, $"{Describe(known, fingerprint.Count, null)}, its training set alone");
        }

        return null;
    }

    static bool Whole(KnownDataSet known, DataFingerprint found) =>
        found.Count == known.Count && found.ClassCounts.SequenceEqual(known.ClassCounts) && Near(known.Mean, found.Mean, known.MeanTolerance);

    static bool Published(KnownDataSet known, DataFingerprint found) => known.Test is { } test && found.Test is { } given
        && given.Count == test.Count && given.ClassCounts.SequenceEqual(test.ClassCounts) && Near(test.Mean, given.Mean, known.MeanTolerance);

    static bool TrainingOnly(KnownDataSet known, DataFingerprint found)
    {
        if (known is not { Test: { } test, TrainClassCounts: { } classes } || found.Test is not null || found.Count != known.Count - test.Count || !found.ClassCounts.SequenceEqual(classes)) return false;
        double? mean = known.Mean is { } all && test.Mean is { } part ? (all * known.Count - part * test.Count) / found.Count : null;
        return Near(mean, found.Mean, known.MeanTolerance);
    }

    static bool Near(double? known, double? found, double tolerance) =>
        known is not { } wanted || found is { } is_ && s_scales.Any(s => Math.Abs(is_ - wanted * s) <= tolerance * Math.Abs(wanted * s));

    static string Describe(KnownDataSet known, int count, int? test)
    {
        static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
        return $"looks like {known.Name} ({known.Shape}, {known.Classes} classes, {(test is { } t ? $"{Number(count - t)} + {Number(t)}" : Number(count))} examples)";
    }
}
