using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation;

public enum ShiftVerdict
{
    /// <summary>The two sets differ, beyond chance and by enough to matter.</summary>
    Shifted,

    /// <summary>No difference of a size that matters was found.</summary>
    NotFound,

    /// <summary>Too few rows on one side.</summary>
    CannotTell,
}

/// <summary>A feature whose distribution differs between the two sets.</summary>
/// <param name="Column">Its position.</param>
/// <param name="D">Kolmogorov-Smirnov distance.</param>
/// <param name="AdjustedP">p-value after Benjamini-Hochberg over all features.</param>
/// <param name="FirstMedian">Its median in the first set.</param>
/// <param name="SecondMedian">Its median in the second set.</param>
public sealed record ShiftedFeature(int Column, double D, double AdjustedP, double FirstMedian, double SecondMedian);

/// <summary>Settings of <see cref="ShiftTest"/>.</summary>
public sealed record ShiftOptions
{
    /// <summary>Each side is thinned to so many rows.</summary>
    public int MaxRows { get; init; } = 2000;
    public int Folds { get; init; } = 5;
    public int Seed { get; init; }
    public CancellationToken Cancellation { get; init; }
}

/// <summary>
/// Do two sets of inputs come from one distribution? A logistic classifier is trained to tell them apart and scored on rows it has not seen
/// (Lopez-Paz and Oquab 2017). Two gates: significant, and an area under the ROC curve of at least 0.6; with many rows any two real sets differ
/// significantly (the MNIST training and test sets do). Single features only explain a shift, they never make one.
/// </summary>
/// <param name="Verdict">Shifted only through both gates.</param>
/// <param name="Auc">Area under the ROC curve on unseen rows: 0.5 when nothing can be told apart.</param>
/// <param name="P">One-sided p-value of Mann and Whitney's test on it.</param>
/// <param name="Features">The features that differ (D at least 0.1 and 5 % after Benjamini-Hochberg), the largest D first; empty unless shifted.</param>
/// <param name="Reason">The verdict in one sentence.</param>
public sealed record ShiftTest(ShiftVerdict Verdict, double Auc, double P, IReadOnlyList<ShiftedFeature> Features, string Reason)
{
    /// <summary>Fewest rows on either side, and the two effect floors.</summary>
    public const int FewestRows = 30;
    public const double LeastAuc = 0.6, LeastD = 0.1;
    const double Level = 0.01, Penalty = 0.03;
    const int MostFeatures = 512;

    public static ShiftTest Run(FeatureMatrix first, FeatureMatrix second, ShiftOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Columns, first.Columns);
        options ??= new ShiftOptions();
        if (first.Rows < FewestRows || second.Rows < FewestRows)
            return new ShiftTest(ShiftVerdict.CannotTell, double.NaN, 1, [], FormattableString.Invariant(
                $"{Math.Min(first.Rows, second.Rows)} rows are too few to compare two distributions: at least {FewestRows} on each side"));
        var random = new Random(options.Seed);
        FeatureMatrix a = Thinned(first, options.MaxRows, random), b = Thinned(second, options.MaxRows, random);
        var (auc, p) = Classify(a, b, options, random);
        var shifted = p <= Level && auc >= LeastAuc;
        var features = shifted ? Explain(a, b) : [];
        return new ShiftTest(shifted ? ShiftVerdict.Shifted : ShiftVerdict.NotFound, auc, p, features, FormattableString.Invariant(
            $"a linear classifier tells the two sets apart with an area under the curve of {auc:0.000} (0.5 is chance; p = {p:0.000}; {LeastAuc:0.0} would matter)"));
    }

    /// <summary>Out-of-fold scores; each fold is compared within itself, as the scores of different fits have no common scale.</summary>
    static (double Auc, double P) Classify(FeatureMatrix first, FeatureMatrix second, ShiftOptions options, Random random)
    {
        var all = new FeatureMatrix([.. first.Values, .. second.Values], first.Columns);
        var inputs = WithSpread(RandomProjection.Narrow(Standardizer.Fit(all).Apply(all), MostFeatures, random));
        var sources = new int[all.Rows];
        Array.Fill(sources, 1, first.Rows, second.Rows);
        var rows = new ClassifiedRows(inputs, sources);
        var folds = Folds(first.Rows, second.Rows, options.Folds, random);
        double weighted = 0, total = 0, variance = 0;
        for (var fold = 0; fold < options.Folds; fold++)
        {
            int[] held = [.. Enumerable.Range(0, all.Rows).Where(i => folds[i] == fold)];
            int[] kept = [.. Enumerable.Range(0, all.Rows).Where(i => folds[i] != fold)];
            var test = rows.Select(held);
            var model = SoftmaxRegression.Fit(rows.Select(kept), 2, Penalty, options.Cancellation);
            var probabilities = model.Predict(test.Features).Probabilities;
            var ones = new int[held.Length];
            Array.Fill(ones, 1);
            double n = test.Labels.Count(l => l == 0), m = test.Labels.Count(l => l == 1);
            weighted += n * m * RankMetrics.Auc(test.Labels, probabilities, 2)(ones);
            total += n * m;
            variance += n * m * (n + m + 1) / 12;
        }

        return (weighted / total, 1 - Normal.CDF(0, 1, (weighted - total / 2) / Math.Sqrt(variance)));
    }

    /// <summary>Adds |x| of each standardised feature, so that a linear model sees a change of spread as well.</summary>
    static FeatureMatrix WithSpread(FeatureMatrix features)
    {
        var width = features.Columns;
        var values = new float[2 * features.Values.Length];
        for (var i = 0; i < features.Rows; i++)
            for (var j = 0; j < width; j++)
            {
                values[2 * i * width + j] = features.Values[i * width + j];
                values[(2 * i + 1) * width + j] = Math.Abs(features.Values[i * width + j]);
            }

        return new FeatureMatrix(values, 2 * width);
    }

    static int[] Folds(int first, int second, int folds, Random random)
    {
        int[] a = [.. Enumerable.Range(0, first).Select(i => i % folds)], b = [.. Enumerable.Range(0, second).Select(i => i % folds)];
        random.Shuffle(a);
        random.Shuffle(b);
        return [.. a, .. b];
    }

    static IReadOnlyList<ShiftedFeature> Explain(FeatureMatrix first, FeatureMatrix second)
    {
        var tests = new KolmogorovSmirnov[first.Columns];
        Parallel.For(0, tests.Length, j => tests[j] = KolmogorovSmirnov.Test(Column(first, j), Column(second, j)));
        var adjusted = MultipleTests.BenjaminiHochberg(Array.ConvertAll(tests, t => t.P));
        return
        [
            .. Enumerable.Range(0, tests.Length).Where(j => tests[j].D >= LeastD && adjusted[j] <= 0.05)
                .OrderByDescending(j => tests[j].D).ThenBy(j => j)
                .Select(j => new ShiftedFeature(j, tests[j].D, adjusted[j], Median(Column(first, j)), Median(Column(second, j)))),
        ];
    }

    static float[] Column(FeatureMatrix features, int column)
    {
        var values = new float[features.Rows];
        for (var i = 0; i < values.Length; i++) values[i] = features.Values[i * features.Columns + column];
        return values;
    }

    static double Median(float[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    static FeatureMatrix Thinned(FeatureMatrix features, int most, Random random)
    {
        if (features.Rows <= most)
            return features;
        var order = Enumerable.Range(0, features.Rows).ToArray();
        random.Shuffle(order);
        return features.Select(order.AsSpan(0, most));
    }
}
