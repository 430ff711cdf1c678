using Pessimist.Data;

namespace Pessimist.Evaluation.KnownResults;

/// <summary>What a data set is recognized by, whatever the order of its examples and the names of its classes.</summary>
/// <param name="Inputs">Numbers or columns of one example.</param>
/// <param name="Mean">Of all inputs; null where some are no numbers or are missing.</param>
/// <param name="Test">The test set that was given; null where none was.</param>
public sealed record DataFingerprint(int Inputs, int Count, IReadOnlyList<int> ClassCounts, double? Mean, KnownPart? Test)
{
    /// <summary>Null for data without classes.</summary>
    public static DataFingerprint? Of(RawData raw, Targets targets)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(targets);
        if (!targets.IsClassification || targets.MissingRows.Length > 0) return null;
        var first = raw.TestStart ?? raw.Count;
        var sums = Sums(raw, targets, first);
        var inputs = raw.Kind == DataKind.Table ? raw.Columns.Count - targets.Columns.Count : raw.Items?.ItemLength ?? 0;
        return new DataFingerprint(inputs, targets.Rows.Length, Classes(targets, 0), sums is { } s ? (s.Train + s.Test) / ((double)raw.Count * inputs) : null,
            raw.TestStart is null ? null : new KnownPart(raw.Count - first, Classes(targets, first), sums is { } t && raw.Count > first ? t.Test / ((double)(raw.Count - first) * inputs) : null));
    }

    static int[] Classes(Targets targets, int from)
    {
        var counts = new int[targets.ClassNames.Count];
        for (var i = 0; i < targets.Rows.Length; i++)
            if (targets.Rows[i] >= from) counts[targets.Classes[i]]++;
        return [.. counts.Order()];
    }

    static (double Train, double Test)? Sums(RawData raw, Targets targets, int first)
    {
        if (raw.Items is { } items)
        {
            double train = 0, test = 0;
            var row = new float[items.ItemLength];
            for (var i = 0; i < raw.Count; i++)
            {
                items.CopyItem(i, row);
                double sum = 0;
                foreach (var value in row) sum += value;
                if (i < first) train += sum;
                else test += sum;
            }

            return (train, test);
        }

        double before = 0, behind = 0;
        foreach (var column in raw.Columns.Where(c => !targets.Columns.Contains(c.Name)))
        {
            if (column is not NumberColumn { Missing: 0 } numbers) return null;
            for (var i = 0; i < raw.Count; i++)
            {
                if (i < first) before += numbers.Values[i];
                else behind += numbers.Values[i];
            }
        }

        return (before, behind);
    }
}
