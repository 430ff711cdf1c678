using System.Globalization;

namespace Pessimist.Evaluation;

/// <summary>Settings of <see cref="LabelDependenceTest"/>.</summary>
public sealed record LabelDependenceOptions
{
    /// <summary>Larger sets are thinned at random to so many rows.</summary>
    public int MaxRows { get; init; } = 5000;
    public int Neighbours { get; init; } = 10;
    public int Permutations { get; init; } = 200;
    public int MaxShift { get; init; } = 50;
    public int Seed { get; init; }
    public CancellationToken Cancellation { get; init; }
}

/// <summary>
/// Do the labels belong to the inputs beside them? First, agreement with the nearest neighbours against permuted labels. If that shows nothing, a
/// second, different test (<see cref="FeatureAssociation"/>) must show nothing either, and both must rule out even a weak dependence, before
/// labels are called independent. What neither can see (a parity of many bits) is called independent wrongly.
/// </summary>
public static class LabelDependenceTest
{
    /// <summary>Level at which dependence is called: beyond all of 200 permutations.</summary>
    const double Level = 0.005;

    /// <summary>
    /// The dependence that must be ruled out before its absence is claimed, as the upper end of a one-sided 99 % interval. Excess agreement 0.05
    /// (pima diabetes has 0.29), and 1 % of explained variance; for two classes and for numbers, where honest weak signals are common, the 0.64 %
    /// that a target predictable at 55 % has.
    /// </summary>
    const double VisibleExcess = 0.05, VisibleR2 = 0.01, VisibleR2OfOne = 0.0064, UpperZ = 2.326;

    /// <summary>A shift needs this excess, this many standard deviations, and this many times the excess at every other shift.</summary>
    const double ShiftExcess = 0.1, ShiftDeviations = 6, ShiftDominance = 2;

    /// <summary>A feature that tells the label of another row this well is that label: lagged targets are no shift.</summary>
    const double LaggedTarget = 0.9;

    const int FewestRows = 20, MostFeatures = 1024;

    /// <param name="features">In the order of the file, on a common scale, as the network gets them.</param>
    /// <param name="labels">Class ids.</param>
    /// <param name="options">Null for the defaults.</param>
    public static LabelDependence ForClasses(FeatureMatrix features, int[] labels, LabelDependenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        features.RequireRows(labels.Length, "labels");
        return Run(features, TargetCodes.Of(labels), options ?? new());
    }

    /// <param name="features">In the order of the file, on a common scale, as the network gets them.</param>
    /// <param name="targets">One number per row.</param>
    /// <param name="options">Null for the defaults.</param>
    public static LabelDependence ForValues(FeatureMatrix features, float[] targets, LabelDependenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        features.RequireRows(targets.Length, "targets");
        if (Array.FindIndex(targets, t => !float.IsFinite(t)) is >= 0 and var row)
            throw new ArgumentException($"Target {row} is not a number.", nameof(targets));
        return Run(features, TargetCodes.Of(targets), options ?? new());
    }

    static LabelDependence Run(FeatureMatrix all, TargetCodes targets, LabelDependenceOptions options)
    {
        var random = new Random(options.Seed);
        var rows = Sample(all.Rows, options.MaxRows, random);
        if (rows.Length < FewestRows || rows.Select(r => targets.Codes[r]).Distinct().Count() < 2)
            return TooLittle(rows.Length, targets.AreClasses);
        var features = rows.Length == all.Rows ? all : all.Select(rows);
        var table = NearestNeighbours.SearchWithin(RandomProjection.Narrow(features, MostFeatures, random), options.Neighbours, options.Cancellation);
        var agreement = new NeighbourAgreement(table, rows, targets);
        var observed = agreement.Mean();
        var chance = agreement.Null(observed, options.Permutations, random);
        var scan = Enumerable.Range(-options.MaxShift, 2 * options.MaxShift + 1).Select(agreement.Shifted).ToArray();
        var result = new LabelDependence
        {
            Verdict = LabelVerdict.Depends,
            Agreement = observed, NullMean = chance.Mean, NullHigh = chance.High, P = chance.P,
            ShiftScan = scan, Rows = rows.Length, Reason = "",
        };
        if (FindShift(scan, options.MaxShift, result, chance) is { } shift && !IsLagged(features, rows, targets, shift))
            return result with { Verdict = LabelVerdict.ShiftedBy, Shift = shift, Reason = Reasons.Shifted(result, shift, scan[shift + options.MaxShift]) };
        if (chance.P <= Level)
            return Along(result with { Reason = Reasons.Agreement(result) }, agreement, rows, targets, options, random);
        float[] codes = [.. rows.Select(r => targets.Codes[r])];
        var association = FeatureAssociation.Test(
            features, LabelContrasts.Of(codes, targets.AreClasses), options.Permutations, random, options.Cancellation);
        return Judge(result with { AssociationP = association.P }, chance, association, targets.AreClasses ? codes.Distinct().Count() : 0);
    }

    static LabelDependence Judge(LabelDependence result, PermutationNull chance, FeatureAssociation association, int classes)
    {
        if (association.P <= Level)
            return result with { Reason = Reasons.Associated(result, association) };
        var excess = Math.Abs(result.Excess) + UpperZ * chance.Deviation / Math.Max(1e-12, 1 - chance.Mean);
        var r2 = Math.Max(0, association.R2) + UpperZ * association.Deviation;
        return excess <= VisibleExcess && r2 <= (classes > 2 ? VisibleR2 : VisibleR2OfOne)
            ? result with { Verdict = LabelVerdict.Independent, Reason = Reasons.Independent(result, excess, r2) }
            : result with { Verdict = LabelVerdict.NotEnoughEvidence, Reason = Reasons.NotEnough(result, excess, r2) };
    }

    /// <summary>The one shift at which labels agree, when they do nowhere else.</summary>
    static int? FindShift(double[] scan, int maxShift, LabelDependence result, PermutationNull chance)
    {
        if (maxShift == 0 || chance.Deviation == 0)
            return null;
        var best = Array.IndexOf(scan, scan.Max());
        var peak = scan[best] - chance.Mean;
        var next = scan.Where((_, i) => i != best).Max() - chance.Mean;
        return best != maxShift
            && peak >= ShiftExcess * (1 - chance.Mean)
            && peak >= ShiftDeviations * chance.Deviation
            && peak >= ShiftDominance * next
            && result.Agreement < scan[best]
            ? best - maxShift
            : null;
    }

    static bool IsLagged(FeatureMatrix features, int[] rows, TargetCodes targets, int shift)
    {
        var count = targets.Codes.Length;
        float[] moved = [.. rows.Select(r => targets.Codes[((r + shift) % count + count) % count])];
        return FeatureAssociation.Strongest(features, LabelContrasts.Of(moved, targets.AreClasses)).R2 >= LaggedTarget;
    }

    static LabelDependence Along(
        LabelDependence result, NeighbourAgreement agreement, int[] rows, TargetCodes targets, LabelDependenceOptions options, Random random)
    {
        int[] strata =
        [
            .. rows.Select(r => targets.AreClasses ? (int)targets.Codes[r] : Math.Min(9, (int)(10 * targets.Codes[r]))),
        ];
        var blocks = BlockScan.Run(agreement, strata, rows, random);
        result = result with { Blocks = blocks };
        if (BlockScan.Longest(blocks) is not { } run)
            return result;
        int first = Array.IndexOf(rows, blocks[run.First].Rows.First), last = Array.IndexOf(rows, blocks[run.Last].Rows.Last);
        var range = new RowRange(rows[first], rows[last]);
        var elsewhere = blocks.Where((_, b) => b < run.First || b > run.Last).Average(b => b.Agreement);
        var inside = blocks.Skip(run.First).Take(run.Last - run.First + 1).ToArray();
        var (found, chance) = (inside.Average(b => b.Agreement), inside.Average(b => b.NullMean));
        var scan = Enumerable.Range(-options.MaxShift, 2 * options.MaxShift + 1).Select(s => agreement.ShiftedInside(first, last, s)).ToArray();
        var shift = MendingShift(scan, options.MaxShift, chance, elsewhere);
        return result with
        {
            Verdict = LabelVerdict.PartlyBlock,
            Range = range,
            Shift = shift,
            Reason = Reasons.Block(range, found, chance, elsewhere, shift),
        };
    }

    /// <summary>The one shift of a block's labels that brings at least half of the agreement found elsewhere, far above what all others bring.</summary>
    static int? MendingShift(double[] scan, int maxShift, double chance, double elsewhere)
    {
        if (maxShift == 0 || scan.Any(double.IsNaN))
            return null;
        var best = Array.IndexOf(scan, scan.Max());
        var others = scan.Where((_, i) => i != best).Order().ToArray();
        var median = others[others.Length / 2];
        var spread = 1.4826 * others.Select(v => Math.Abs(v - median)).Order().ElementAt(others.Length / 2);
        return best != maxShift
            && scan[best] - chance >= (elsewhere - chance) / 2
            && scan[best] - chance >= ShiftDominance * (others[^1] - chance)
            && scan[best] - median >= ShiftDeviations * spread
            ? best - maxShift
            : null;
    }

    static int[] Sample(int count, int most, Random random)
    {
        var order = Enumerable.Range(0, count).ToArray();
        if (count <= most)
            return order;
        random.Shuffle(order);
        var kept = order[..most];
        Array.Sort(kept);
        return kept;
    }

    static LabelDependence TooLittle(int rows, bool classes) => new()
    {
        Verdict = LabelVerdict.NotEnoughEvidence, Agreement = double.NaN, NullMean = double.NaN, NullHigh = double.NaN, P = 1, Rows = rows,
        Reason = rows < FewestRows
            ? string.Create(CultureInfo.InvariantCulture, $"{rows} rows are too few to tell whether labels depend on the inputs (at least {FewestRows})")
            : classes ? "all rows have the same label" : "all rows have the same target",
    };
}
