using System.Numerics;

namespace Pessimist.Evaluation;

/// <summary>
/// Exact nearest neighbours by Euclidean distance: every query against every reference, blocked for the cache, vectorised, on all cores. The
/// sum of squared differences rather than |x|² + |y|² - 2xy, which loses the small distances that decide. Bring features to a common scale first.
/// </summary>
public static class NearestNeighbours
{
    const int QueryBlock = 32, ReferenceBlock = 64;

    public static NeighbourTable Search(FeatureMatrix queries, FeatureMatrix references, int neighbours, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(queries.Columns, references.Columns);
        return Search(new PaddedRows(queries), new PaddedRows(references), neighbours, excludeSelf: false, cancellation);
    }

    /// <summary>
    /// The neighbours of each row among the other rows. Equal distances are resolved in favour of the rows that follow, round the end, so that a
    /// thousand identical rows do not all choose the same few.
    /// </summary>
    public static NeighbourTable SearchWithin(FeatureMatrix rows, int neighbours, CancellationToken cancellation = default)
    {
        var padded = new PaddedRows(rows);
        return Search(padded, padded, neighbours, excludeSelf: true, cancellation);
    }

    static NeighbourTable Search(PaddedRows queries, PaddedRows references, int neighbours, bool excludeSelf, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        var available = Math.Max(0, references.Count - (excludeSelf ? 1 : 0));
        var table = new NeighbourTable(queries.Count, Math.Min(neighbours, available));
        if (table.Neighbours == 0)
            return table;
        var blocks = (queries.Count + QueryBlock - 1) / QueryBlock;
        Parallel.For(0, blocks, new ParallelOptions { CancellationToken = cancellation }, block =>
        {
            var first = block * QueryBlock;
            SearchBlock(table, queries, first, Math.Min(first + QueryBlock, queries.Count), references, excludeSelf);
        });
        return table;
    }

    static void SearchBlock(NeighbourTable table, PaddedRows queries, int first, int end, PaddedRows references, bool excludeSelf)
    {
        Span<float> tile = stackalloc float[4 * 2];
        for (var query = first; query < end; query++) table.MutableDistances(query).Fill(float.PositiveInfinity);
        var blocks = (references.Count + ReferenceBlock - 1) / ReferenceBlock;
        var firstBlock = excludeSelf ? first / ReferenceBlock : 0;
        for (var b = 0; b < blocks; b++)
        {
            var start = (firstBlock + b) % blocks * ReferenceBlock;
            var stop = Math.Min(start + ReferenceBlock, references.Count);
            for (var query = first; query < end; query += 4)
                for (var reference = start; reference < stop; reference += 2)
                {
                    Distances(queries, query, references, reference, tile);
                    for (var q = query; q < Math.Min(query + 4, end); q++)
                        for (var r = reference; r < Math.Min(reference + 2, stop); r++)
                            if (!excludeSelf || q != r) Offer(table, q, r, tile[(q - query) * 2 + (r - reference)]);
                }
        }
    }

    /// <summary>Squared distances of four queries to two references; rows past the end repeat the last one.</summary>
    static void Distances(PaddedRows queries, int query, PaddedRows references, int reference, Span<float> tile)
    {
        var a0 = queries.Vectors(query);
        var a1 = queries.Vectors(query + 1);
        var a2 = queries.Vectors(query + 2);
        var a3 = queries.Vectors(query + 3);
        var b0 = references.Vectors(reference);
        var b1 = references.Vectors(reference + 1);
        Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        for (var i = 0; i < a0.Length; i++)
        {
            Vector<float> x = b0[i], y = b1[i];
            var d = a0[i] - x;
            s00 = Vector.FusedMultiplyAdd(d, d, s00);
            d = a0[i] - y;
            s01 = Vector.FusedMultiplyAdd(d, d, s01);
            d = a1[i] - x;
            s10 = Vector.FusedMultiplyAdd(d, d, s10);
            d = a1[i] - y;
            s11 = Vector.FusedMultiplyAdd(d, d, s11);
            d = a2[i] - x;
            s20 = Vector.FusedMultiplyAdd(d, d, s20);
            d = a2[i] - y;
            s21 = Vector.FusedMultiplyAdd(d, d, s21);
            d = a3[i] - x;
            s30 = Vector.FusedMultiplyAdd(d, d, s30);
            d = a3[i] - y;
            s31 = Vector.FusedMultiplyAdd(d, d, s31);
        }

        tile[0] = Vector.Sum(s00);
        tile[1] = Vector.Sum(s01);
        tile[2] = Vector.Sum(s10);
        tile[3] = Vector.Sum(s11);
        tile[4] = Vector.Sum(s20);
        tile[5] = Vector.Sum(s21);
        tile[6] = Vector.Sum(s30);
        tile[7] = Vector.Sum(s31);
    }

    /// <summary>Inserts a reference where it belongs; on equal distances the one offered earlier stays ahead.</summary>
    static void Offer(NeighbourTable table, int query, int reference, float distance)
    {
        var distances = table.MutableDistances(query);
        if (!(distance < distances[^1]))
            return;
        var indices = table.MutableIndices(query);
        var place = distances.Length - 1;
        for (; place > 0 && distance < distances[place - 1]; place--)
            (distances[place], indices[place]) = (distances[place - 1], indices[place - 1]);
        (distances[place], indices[place]) = (distance, reference);
    }
}
