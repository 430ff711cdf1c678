using MathNet.Numerics.LinearAlgebra;

namespace Pessimist.Evaluation;

/// <summary>
/// Permutation test of any linear or even-shaped association between features and labels. Per feature R² of its ranks on the labels
/// (Kruskal-Wallis for classes; a parabola in the rank for numbers), read as the largest and as the sum over: the features, their distances from
/// the median, and their principal components brought to one scale. The largest finds one telling feature, the sum many weak ones, the
/// components differences of correlated features; the six are combined by the largest standardised one, whose null comes from the same
/// permutations (Westfall and Young 1993), so the p-value is exact. Ranks make it indifferent to scale and outliers; ties cost nothing.
/// </summary>
/// <param name="P">Permutation p-value, never 0.</param>
/// <param name="R2">Mean R² of a label contrast on all components, above what permuted labels give.</param>
/// <param name="Deviation">Its standard deviation under permuted labels.</param>
/// <param name="StrongestFeature">The column with the largest R².</param>
/// <param name="StrongestR2">Its R² of ranks.</param>
sealed record FeatureAssociation(double P, double R2, double Deviation, int StrongestFeature, double StrongestR2)
{
    const int MostComponents = 256;

    internal static FeatureAssociation Test(FeatureMatrix features, LabelContrasts labels, int permutations, Random random, CancellationToken cancellation)
    {
        var components = Components(features, random);
        FeatureMatrix[] blocks = [RankedColumns(features), RankedColumns(AwayFromMedian(features)), RankedColumns(components)];
        var padded = Array.ConvertAll(blocks, b => new PaddedRows(b));
        var order = Enumerable.Range(0, features.Rows).ToArray();
        var observed = padded.Select(b => labels.RSquared(b, order)).ToArray();
        var statistics = new double[permutations + 1][];
        statistics[0] = Summaries(observed);
        for (var p = 1; p <= permutations; p++)
        {
            cancellation.ThrowIfCancellationRequested();
            random.Shuffle(order);
            statistics[p] = Summaries([.. padded.Select(b => labels.RSquared(b, order))]);
        }

        var (mean, deviation) = Moments(statistics, 5);
        var strongest = Array.IndexOf(observed[0], observed[0].Max());
        var possible = Math.Min(labels.Degrees, components.Columns);
        return new FeatureAssociation(MaxP(statistics), (statistics[0][5] - mean) / possible, deviation / possible, strongest, observed[0][strongest]);
    }

    /// <summary>The feature whose ranks the labels tell best, with its R².</summary>
    internal static (int Feature, double R2) Strongest(FeatureMatrix features, LabelContrasts labels)
    {
        var observed = labels.RSquared(new PaddedRows(RankedColumns(features)), [.. Enumerable.Range(0, features.Rows)]);
        var strongest = Array.IndexOf(observed, observed.Max());
        return (strongest, observed[strongest]);
    }

    /// <summary>Largest and sum of each block.</summary>
    static double[] Summaries(double[][] blocks) => [.. blocks.SelectMany(b => new[] { b.Max(), b.Sum() })];

    static double MaxP(double[][] statistics)
    {
        var largest = new double[statistics.Length];
        Array.Fill(largest, double.NegativeInfinity);
        for (var s = 0; s < statistics[0].Length; s++)
        {
            var (mean, deviation) = Moments(statistics, s);
            if (deviation == 0) continue;
            for (var p = 0; p < largest.Length; p++) largest[p] = Math.Max(largest[p], (statistics[p][s] - mean) / deviation);
        }

        return (double)largest.Count(z => z >= largest[0] - 1e-9) / largest.Length;
    }

    /// <summary>Over the observed value and all permutations alike: that keeps the test exact.</summary>
    static (double Mean, double Deviation) Moments(double[][] statistics, int index)
    {
        var mean = statistics.Average(s => s[index]);
        return (mean, Math.Sqrt(statistics.Average(s => (s[index] - mean) * (s[index] - mean))));
    }

    static FeatureMatrix RankedColumns(FeatureMatrix features) => MapColumns(features, column => Ranks.Unit(column));

    static FeatureMatrix AwayFromMedian(FeatureMatrix features) => MapColumns(features, column =>
    {
        var sorted = (float[])column.Clone();
        Array.Sort(sorted);
        var median = sorted[sorted.Length / 2];
        return Array.ConvertAll(column, v => Math.Abs(v - median));
    });

    static FeatureMatrix MapColumns(FeatureMatrix features, Func<float[], float[]> map)
    {
        var values = new float[features.Values.Length];
        Parallel.For(0, features.Columns, j =>
        {
            var column = new float[features.Rows];
            for (var i = 0; i < column.Length; i++) column[i] = features.Values[i * features.Columns + j];
            column = map(column);
            for (var i = 0; i < column.Length; i++) values[i * features.Columns + j] = column[i];
        });
        return new FeatureMatrix(values, features.Columns);
    }

    /// <summary>Principal components of the standardised features, or of 256 random mixtures when there are more.</summary>
    static FeatureMatrix Components(FeatureMatrix features, Random random)
    {
        var standard = RandomProjection.Narrow(Standardizer.Fit(features).Apply(features), MostComponents, random);
        var width = standard.Columns;
        var covariance = Matrix<double>.Build.Dense(width, width);
        for (var i = 0; i < standard.Rows; i++)
        {
            var row = standard.Row(i);
            for (var j = 0; j < width; j++)
                for (var k = 0; k <= j; k++)
                    covariance[j, k] += (double)row[j] * row[k] / standard.Rows;
        }

        for (var j = 0; j < width; j++)
            for (var k = 0; k < j; k++)
                covariance[k, j] = covariance[j, k];
        var decomposition = covariance.Evd(Symmetricity.Symmetric);
        var eigenvalues = decomposition.EigenValues.Select(e => e.Real).ToArray();
        // More components than a quarter of the rows fit anything.
        int[] kept =
        [
            .. Enumerable.Range(0, width).Where(j => eigenvalues[j] > 1e-6 * eigenvalues.Max()).OrderByDescending(j => eigenvalues[j])
                .Take(Math.Max(1, standard.Rows / 4)),
        ];
        if (kept.Length == 0)
            return new FeatureMatrix(new float[standard.Rows], 1);
        var scores = new float[standard.Rows * kept.Length];
        Parallel.For(0, standard.Rows, i =>
        {
            var row = standard.Row(i);
            for (var c = 0; c < kept.Length; c++)
            {
                var score = 0.0;
                for (var j = 0; j < width; j++) score += row[j] * decomposition.EigenVectors[j, kept[c]];
                scores[i * kept.Length + c] = (float)score;
            }
        });
        return new FeatureMatrix(scores, kept.Length);
    }
}
