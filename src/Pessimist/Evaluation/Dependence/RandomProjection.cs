namespace Pessimist.Evaluation;

/// <summary>Random ±1 mixtures of many features: distances survive, to about √(2/mixtures) (Achlioptas 2003, after Johnson and Lindenstrauss 1984).</summary>
static class RandomProjection
{
    /// <summary>The features themselves where there are no more than <paramref name="mixtures"/>.</summary>
    internal static FeatureMatrix Narrow(FeatureMatrix features, int mixtures, Random random)
    {
        if (features.Columns <= mixtures)
            return features;
        var rows = new PaddedRows(features);
        var weights = new float[mixtures * rows.Width];
        for (var k = 0; k < mixtures; k++)
            for (var j = 0; j < features.Columns; j++)
                weights[k * rows.Width + j] = (random.Next(2) * 2 - 1) / MathF.Sqrt(mixtures);
        var values = new float[rows.Count * mixtures];
        Parallel.For(0, (rows.Count + 63) / 64, block =>
        {
            var (first, end) = (block * 64, Math.Min(rows.Count, (block + 1) * 64));
            LinearKernels.Forward(rows, first, end, weights, mixtures, values.AsSpan(first * mixtures, (end - first) * mixtures));
        });
        return new FeatureMatrix(values, mixtures);
    }
}
