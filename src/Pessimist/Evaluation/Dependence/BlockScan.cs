namespace Pessimist.Evaluation;

/// <summary>Looks along the rows for a stretch in which labels have nothing to do with the inputs.</summary>
static class BlockScan
{
    const int SmallestBlock = 50, MostBlocks = 20, Permutations = 200;

    /// <summary>How sure dependence would have shown in a block before its absence means anything, in standard deviations.</summary>
    const double Certainty = 6;

    /// <summary>A block that keeps this share of the expected dependence is only a harder one.</summary>
    const double LargestRemainder = 0.25;

    /// <summary>Below this share of the overall variety of labels, permuting a block changes too little to judge it (data sorted by class).</summary>
    const double LeastVariety = 0.5;

    /// <param name="agreement">Rows in their original order.</param>
    /// <param name="strata">A class (or a tenth of the range of a number) per row: hard classes may cluster, so a block is compared with its like.</param>
    /// <param name="rows">Positions among all rows.</param>
    /// <param name="random">For permutations inside each block.</param>
    internal static IReadOnlyList<BlockAgreement> Run(NeighbourAgreement agreement, int[] strata, int[] rows, Random random)
    {
        var blocks = Math.Min(MostBlocks, agreement.Count / SmallestBlock);
        if (blocks < 3)
            return [];
        var perRow = Enumerable.Range(0, agreement.Count).Select(i => agreement.OfRow(i, agreement.Code(i))).ToArray();
        var variety = agreement.Variety(0, agreement.Count);
        return [.. Enumerable.Range(0, blocks).Select(b => Judge(Edge(b), Edge(b + 1)))];

        int Edge(int block) => (int)((long)block * agreement.Count / blocks);

        BlockAgreement Judge(int first, int end)
        {
            var observed = perRow[first..end].Average();
            var codes = Enumerable.Range(first, end - first).Select(agreement.Code).ToArray();
            var permuted = new double[Permutations];
            for (var p = 0; p < Permutations; p++)
            {
                random.Shuffle(codes);
                for (var i = first; i < end; i++) permuted[p] += agreement.OfRow(i, codes[i - first]) / codes.Length;
            }

            var chance = PermutationNull.Of(observed, permuted);
            var expected = Expected(perRow, strata, first, end);
            var isIndependent = expected - chance.Mean >= Certainty * chance.Deviation
                && observed - chance.Mean <= Math.Min(2 * chance.Deviation, LargestRemainder * (expected - chance.Mean))
                && agreement.Variety(first, end) >= LeastVariety * variety;
            return new BlockAgreement(new RowRange(rows[first], rows[end - 1]), observed, expected, chance.Mean, isIndependent);
        }
    }

    /// <summary>
    /// The longest run of blocks that keep next to no dependence, at least one of them none at all, as block numbers; null when there is none or
    /// when no other block is left.
    /// </summary>
    internal static (int First, int Last)? Longest(IReadOnlyList<BlockAgreement> blocks)
    {
        (int First, int Last)? best = null;
        for (var first = 0; first < blocks.Count; first++)
        {
            if (!IsWeak(blocks[first])) continue;
            var last = first;
            while (last + 1 < blocks.Count && IsWeak(blocks[last + 1])) last++;
            var core = Enumerable.Range(first, last - first + 1).Any(b => blocks[b].IsIndependent);
            if (core && (best is not { } b || last - first > b.Last - b.First)) best = (first, last);
            first = last;
        }

        return best is { } all && all.First == 0 && all.Last == blocks.Count - 1 ? null : best;

        static bool IsWeak(BlockAgreement block) =>
            block.IsIndependent || block.Agreement - block.NullMean <= LargestRemainder * (block.Expected - block.NullMean);
    }

    /// <summary>What rows of the same classes agree elsewhere; NaN when some class is nowhere else.</summary>
    static double Expected(double[] perRow, int[] strata, int first, int end)
    {
        var classes = strata.Max() + 1;
        double[] sums = new double[classes], counts = new double[classes];
        for (var i = 0; i < perRow.Length; i++)
        {
            if (i >= first && i < end) continue;
            sums[strata[i]] += perRow[i];
            counts[strata[i]]++;
        }

        var expected = 0.0;
        for (var i = first; i < end; i++) expected += sums[strata[i]] / counts[strata[i]] / (end - first);
        return expected;
    }
}
