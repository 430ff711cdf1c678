namespace Pessimist.Evaluation;

/// <summary>Targets as codes with a similarity in 0..1: equal or not for classes, 1 - |difference of ranks| for numbers.</summary>
sealed record TargetCodes(float[] Codes, bool AreClasses)
{
    internal static TargetCodes Of(int[] labels) => new(Array.ConvertAll(labels, l => (float)l), true);

    internal static TargetCodes Of(float[] targets)
    {
        var ranks = Ranks.Of(targets);
        for (var i = 0; i < ranks.Length; i++) ranks[i] /= Math.Max(1, ranks.Length - 1);
        return new(ranks, false);
    }

    internal double Similarity(float a, float b) => AreClasses ? a == b ? 1 : 0 : 1 - Math.Abs(a - b);
}

/// <summary>The null distribution of a statistic under permuted labels.</summary>
readonly record struct PermutationNull(double Mean, double Deviation, double High, double P)
{
    /// <summary>Two-sided, with the observed value counted among the permutations: never 0.</summary>
    internal static PermutationNull Of(double observed, double[] permuted)
    {
        var mean = permuted.Average();
        var deviation = Math.Sqrt(permuted.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, permuted.Length - 1));
        // Sums in another order differ in the last bits: equal must count as equal.
        var slack = 1e-9 * Math.Max(1, Math.Abs(mean));
        var extreme = permuted.Count(v => Math.Abs(v - mean) >= Math.Abs(observed - mean) - slack);
        return new PermutationNull(mean, deviation, permuted.Max(), (extreme + 1.0) / (permuted.Length + 1));
    }
}

/// <summary>How far labels agree with the labels of the nearest rows, on a fixed graph of neighbours.</summary>
/// <param name="table">Neighbours of each row looked at, among the rows looked at.</param>
/// <param name="rows">Their positions among all rows, ascending.</param>
/// <param name="targets">The targets of all rows.</param>
sealed class NeighbourAgreement(NeighbourTable table, int[] rows, TargetCodes targets)
{
    readonly float[] _codes = [.. rows.Select(r => targets.Codes[r])];

    internal int Count => rows.Length;

    internal double Mean() => Mean(_codes);

    /// <summary>The agreement of one row with its neighbours.</summary>
    internal double OfRow(int i, float code)
    {
        var sum = 0.0;
        foreach (var j in table.Of(i)) sum += targets.Similarity(code, _codes[j]);
        return sum / table.Neighbours;
    }

    internal float Code(int i) => _codes[i];

    /// <summary>How unlike the labels of the rows first..end-1 are: the mean of 1 - similarity over pairs a fixed distance apart and over halves.</summary>
    internal double Variety(int first, int end)
    {
        var sorted = _codes[first..end];
        Array.Sort(sorted);
        var sum = 0.0;
        // Sorted, element i against i + n/2 (round the end) meets labels of every distance without looking at all pairs.
        for (var i = 0; i < sorted.Length; i++) sum += 1 - targets.Similarity(sorted[i], sorted[(i + sorted.Length / 2) % sorted.Length]);
        return sum / sorted.Length;
    }

    internal PermutationNull Null(double observed, int permutations, Random random)
    {
        var codes = (float[])_codes.Clone();
        var values = new double[permutations];
        for (var p = 0; p < permutations; p++)
        {
            random.Shuffle(codes);
            values[p] = Mean(codes);
        }

        return PermutationNull.Of(observed, values);
    }

    /// <summary>Agreement when row i takes the label of row i + shift (all rows, round the end).</summary>
    internal double Shifted(int shift)
    {
        var all = targets.Codes;
        var codes = new float[rows.Length];
        for (var i = 0; i < codes.Length; i++) codes[i] = all[((rows[i] + shift) % all.Length + all.Length) % all.Length];
        return Mean(codes);
    }

    /// <summary>Agreement of the rows first..last (of those looked at) with neighbours outside, when they take the label <paramref name="shift"/> rows on.</summary>
    internal double ShiftedInside(int first, int last, int shift)
    {
        var all = targets.Codes;
        double sum = 0;
        var pairs = 0;
        for (var i = first; i <= last; i++)
        {
            var from = rows[i] + shift;
            if (from < 0 || from >= all.Length) continue;
            foreach (var j in table.Of(i))
            {
                if (j >= first && j <= last) continue;
                sum += targets.Similarity(all[from], _codes[j]);
                pairs++;
            }
        }

        return pairs == 0 ? double.NaN : sum / pairs;
    }

    double Mean(float[] codes)
    {
        var sum = 0.0;
        for (var i = 0; i < codes.Length; i++)
        {
            var own = codes[i];
            foreach (var j in table.Of(i)) sum += targets.Similarity(own, codes[j]);
        }

        return sum / ((double)codes.Length * table.Neighbours);
    }
}
