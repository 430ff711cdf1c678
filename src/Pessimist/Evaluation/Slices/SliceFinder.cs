using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation.Slices;

/// <summary>
/// Looks through the parts of one and of two columns for those with a high loss: found on one half of the examples, confirmed on the other, as what is
/// found and measured on the same examples always looks too bad. Benjamini-Hochberg over what is to be confirmed.
/// </summary>
public static class SliceFinder
{
    const int MostColumns = 30, ToConfirm = 20;

    /// <summary>Standard errors above the rest on the first half, to be looked at on the other.</summary>
    const double Promising = 2;

    /// <summary>Overlap (Jaccard) above which two slices say the same.</summary>
    const double SameMembers = 0.6;

    /// <summary>False discoveries among those found.</summary>
    public const double Level = 0.05;

    /// <param name="losses">One per example: 0 and 1 for wrong classes, or any.</param>
    /// <param name="expected">What the model expects of itself: 1 - the probability of its answer; null where it says nothing.</param>
    /// <param name="fewest">Examples that a slice needs, in both halves together.</param>
    public static SliceSearch Find(double[] losses, double[]? expected, IReadOnlyList<SliceColumn> columns, int fewest = 30, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(losses);
        ArgumentNullException.ThrowIfNull(columns);
        var order = Enumerable.Range(0, losses.Length).ToArray();
        new Random(seed).Shuffle(order);
        int[] first = order[..(losses.Length / 2)], second = order[(losses.Length / 2)..];
        var half = fewest / 2;
        var used = columns.Take(MostColumns).ToArray();
        var candidates = Candidates(used, first, losses, half, out var count);
        var confirmed = candidates.Select(c => (Candidate: c, Test: Welch.Of(losses, second, c.Holds))).Where(c => c.Test.Inside >= half).ToArray();
        if (confirmed.Length == 0) return new SliceSearch(losses.Length, used.Length, count, []);

        double[]? excess = expected is null ? null : [.. losses.Zip(expected, (l, e) => l - e)];
        var p = MultipleTests.BenjaminiHochberg([.. confirmed.Select(c => c.Test.P)]);
        var excesses = excess is null ? null : confirmed.Select(c => Welch.Of(excess, second, c.Candidate.Holds)).ToArray();
        var excessP = excesses is null ? null : MultipleTests.BenjaminiHochberg([.. excesses.Select(e => e.P)]);
        var found = confirmed.Select((c, i) => (c.Candidate, c.Test, Slice: new Slice(
                c.Candidate.Where, order.Count(c.Candidate.Holds), c.Test.Mean, c.Test.Rest, p[i], excesses?[i].Difference, excessP?[i])))
            .Where(c => c.Slice.P <= Level).OrderByDescending(c => c.Test.Z).ToArray();
        var kept = new List<(Candidate Candidate, Slice Slice)>();
        foreach (var (candidate, _, slice) in found)
            if (!kept.Any(k => Overlap(k.Candidate, candidate, order) > SameMembers)) kept.Add((candidate, slice));
        return new SliceSearch(losses.Length, used.Length, count, [.. kept.Select(k => k.Slice)]);
    }

    sealed record Candidate(string Where, Func<int, bool> Holds, double Z);

    static Candidate[] Candidates(SliceColumn[] columns, int[] rows, double[] losses, int fewest, out int count)
    {
        var all = new List<Candidate>();
        double total = rows.Sum(i => losses[i]), squares = rows.Sum(i => losses[i] * losses[i]);
        var single = new Dictionary<(int Column, int Part), double>();
        var tried = 0;
        void Look(int a, int b)
        {
            int wide = columns[a].Parts.Count, cells = wide * (a == b ? 1 : columns[b].Parts.Count);
            var n = new int[cells];
            double[] sum = new double[cells], square = new double[cells];
            foreach (var i in rows)
            {
                int x = columns[a].PartOf[i], y = a == b ? 0 : columns[b].PartOf[i];
                if (x < 0 || y < 0) continue;
                n[y * wide + x]++;
                sum[y * wide + x] += losses[i];
                square[y * wide + x] += losses[i] * losses[i];
            }

            for (var cell = 0; cell < cells; cell++)
            {
                if (n[cell] < fewest || rows.Length - n[cell] < fewest) continue;
                tried++;
                int x = cell % wide, y = cell / wide;
                var mean = sum[cell] / n[cell];
                var z = Welch.ZOf(n[cell], sum[cell], square[cell], rows.Length - n[cell], total - sum[cell], squares - square[cell]);
                if (a == b) single[(a, x)] = mean;
                // Two conditions must say more than either alone.
                else if (mean <= 1.25 * Math.Max(single.GetValueOrDefault((a, x)), single.GetValueOrDefault((b, y)))) continue;
                if (z < Promising) continue;
                SliceColumn left = columns[a], right = columns[b];
                all.Add(a == b ? new Candidate(left.Parts[x], i => left.PartOf[i] == x, z)
                    : new Candidate($"{left.Parts[x]} and {right.Parts[y]}", i => left.PartOf[i] == x && right.PartOf[i] == y, z));
            }
        }

        for (var a = 0; a < columns.Length; a++) Look(a, a);
        for (var a = 0; a < columns.Length; a++)
            for (var b = a + 1; b < columns.Length; b++) Look(a, b);
        count = tried;
        return [.. all.OrderByDescending(c => c.Z).Take(ToConfirm)];
    }

    static double Overlap(Candidate a, Candidate b, int[] rows)
    {
        int both = rows.Count(i => a.Holds(i) && b.Holds(i)), either = rows.Count(i => a.Holds(i) || b.Holds(i));
        return either == 0 ? 0 : (double)both / either;
    }

    /// <summary>Mean inside against mean outside (Welch 1947), one-sided, with the normal distribution.</summary>
    readonly record struct Welch(int Inside, Estimate Mean, double Rest, double Z)
    {
        public double Difference => Mean.Value - Rest;
        public double P => double.IsNaN(Z) ? 1 : 1 - Normal.CDF(0, 1, Z);

        public static Welch Of(double[] values, int[] rows, Func<int, bool> holds)
        {
            double[] inside = [.. rows.Where(holds).Select(i => values[i])], outside = [.. rows.Where(i => !holds(i)).Select(i => values[i])];
            if (inside.Length < 2 || outside.Length < 2) return new Welch(inside.Length, Estimate.Unknown, double.NaN, double.NaN);
            var z = ZOf(inside.Length, inside.Sum(), inside.Sum(v => v * v), outside.Length, outside.Sum(), outside.Sum(v => v * v));
            return new Welch(inside.Length, Interval(inside), outside.Average(), z);
        }

        /// <summary>Each side's variance as if half an example more lay on either side of its mean: a slice in which all are wrong has one, too.</summary>
        public static double ZOf(int n, double sum, double squares, int m, double otherSum, double otherSquares)
        {
            double a = sum / n, b = otherSum / m, all = (sum + otherSum) / (n + m);
            var pooled = Math.Max(0, (squares + otherSquares) / (n + m) - all * all);
            double varA = Math.Max(0, squares / n - a * a), varB = Math.Max(0, otherSquares / m - b * b);
            varA = (n * varA + pooled) / (n + 1);
            varB = (m * varB + pooled) / (m + 1);
            var error = Math.Sqrt(varA / n + varB / m);
            return error > 0 ? (a - b) / error : 0;
        }

        static Estimate Interval(double[] values)
        {
            if (values.All(v => v is 0 or 1)) return Wilson.Interval((long)values.Sum(), values.Length);
            var mean = values.Average();
            var half = Wilson.TwoSidedZ(0.95) * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length);
            return new Estimate(mean, mean - half, mean + half);
        }
    }
}
