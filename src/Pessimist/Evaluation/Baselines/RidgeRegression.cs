using System.Globalization;
using MathNet.Numerics.LinearAlgebra;

namespace Pessimist.Evaluation;

/// <summary>
/// Least squares on standardised inputs with an L2 penalty, in closed form: (XᵀX + λnI)⁻¹Xᵀy, or the dual Xᵀ(XXᵀ + λnI)⁻¹y where there are
/// more features than rows.
/// </summary>
public sealed class RidgeRegression : IRegressor
{
    static readonly double[] _penalties = [1e-4, 1e-3, 1e-2, 0.1, 1, 10];

    /// <summary>The largest system solved; more rows and features than this are thinned to as many rows.</summary>
    const int LargestSystem = 3000;

    readonly Standardizer _standardizer;
    readonly float[] _weights;
    readonly float[] _means;
    readonly double _penalty;

    RidgeRegression(Standardizer standardizer, float[] weights, float[] means, double penalty) =>
        (_standardizer, _weights, _means, _penalty) = (standardizer, weights, means, penalty);

    public string Name => "linear regression";

    public string Description => string.Create(CultureInfo.InvariantCulture, $"ridge regression on the standardised inputs, λ = {_penalty:G3}");

    public static RidgeRegression Fit(ValuedRows train, double penalty) => Fits(train, [penalty]).Single();

    /// <summary>Chooses λ by the squared error on the validation rows.</summary>
    public static RidgeRegression Choose(ValuedRows train, ValuedRows validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return Fits(train, _penalties).MinBy(fit =>
        {
            var loss = Losses.Squared(validation.Targets, fit.Predict(validation.Features), validation.Outputs).Sum();
            return double.IsNaN(loss) ? double.PositiveInfinity : loss;
        })!;
    }

    public float[] Predict(FeatureMatrix features)
    {
        var rows = new PaddedRows(_standardizer.Apply(features));
        var predictions = new float[rows.Count * _means.Length];
        LinearKernels.Forward(rows, 0, rows.Count, _weights, _means.Length, predictions);
        for (var i = 0; i < predictions.Length; i++) predictions[i] += _means[i % _means.Length];
        return predictions;
    }

    static IEnumerable<RidgeRegression> Fits(ValuedRows train, double[] penalties)
    {
        ArgumentNullException.ThrowIfNull(train);
        if (train.Count == 0)
            throw new ArgumentException("There are no training examples.", nameof(train));
        if (Math.Min(train.Count, train.Features.Columns) > LargestSystem)
            train = train.Select([.. Enumerable.Range(0, LargestSystem).Select(i => (int)((long)i * train.Count / LargestSystem))]);
        var standardizer = Standardizer.Fit(train.Features);
        var rows = new PaddedRows(standardizer.Apply(train.Features));
        var means = Means(train);
        var residuals = Matrix<double>.Build.Dense(train.Count, train.Outputs, (i, o) => train.Target(i)[o] - (double)means[o]);
        var columns = train.Features.Columns;
        var primal = columns <= train.Count;
        var gram = primal ? FeatureGram(rows, columns) : RowGram(rows);
        var right = primal ? Project(rows, residuals, columns) : residuals;
        foreach (var penalty in penalties)
        {
            var system = gram + Matrix<double>.Build.DenseIdentity(gram.RowCount) * Math.Max(penalty * train.Count, 1e-9);
            var solution = system.Cholesky().Solve(right);
            var weights = primal ? solution : Project(rows, solution, columns);
            yield return new RidgeRegression(standardizer, Pack(weights, rows.Width), means, penalty);
        }
    }

    static float[] Means(ValuedRows train) =>
        [.. Enumerable.Range(0, train.Outputs).Select(o => (float)Enumerable.Range(0, train.Count).Average(i => (double)train.Target(i)[o]))];

    /// <summary>XᵀX, by accumulating each row's multiples of itself in chunks.</summary>
    static Matrix<double> FeatureGram(PaddedRows rows, int columns)
    {
        const int chunk = 256;
        var gram = Matrix<double>.Build.Dense(columns, columns);
        var part = new float[columns * rows.Width];
        for (var first = 0; first < rows.Count; first += chunk)
        {
            var end = Math.Min(first + chunk, rows.Count);
            Array.Clear(part);
            const int band = 32;
            Parallel.For(0, (columns + band - 1) / band, b =>
            {
                var (from, to) = (b * band, Math.Min(columns, (b + 1) * band));
                var factors = new float[(end - first) * (to - from)];
                for (var i = first; i < end; i++) rows.Values(i).Slice(from, to - from).CopyTo(factors.AsSpan((i - first) * (to - from)));
                LinearKernels.Backward(rows, first, end, factors, to - from, part.AsSpan(from * rows.Width, (to - from) * rows.Width));
            });
            for (var j = 0; j < columns; j++)
                for (var k = 0; k < columns; k++)
                    gram[j, k] += part[j * rows.Width + k];
        }

        return (gram + gram.Transpose()) / 2;
    }

    /// <summary>XXᵀ.</summary>
    static Matrix<double> RowGram(PaddedRows rows)
    {
        var all = new float[rows.Count * rows.Width];
        for (var i = 0; i < rows.Count; i++) rows.Values(i).CopyTo(all.AsSpan(i * rows.Width));
        var products = new float[rows.Count * rows.Count];
        Parallel.For(0, (rows.Count + 63) / 64, block =>
        {
            var (first, end) = (block * 64, Math.Min(rows.Count, (block + 1) * 64));
            LinearKernels.Forward(rows, first, end, all, rows.Count, products.AsSpan(first * rows.Count, (end - first) * rows.Count));
        });
        return Matrix<double>.Build.Dense(rows.Count, rows.Count, (i, j) => (products[i * rows.Count + j] + (double)products[j * rows.Count + i]) / 2);
    }

    /// <summary>Xᵀ·values.</summary>
    static Matrix<double> Project(PaddedRows rows, Matrix<double> values, int columns)
    {
        var result = Matrix<double>.Build.Dense(columns, values.ColumnCount);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Values(i);
            for (var o = 0; o < values.ColumnCount; o++)
                for (var j = 0; j < columns; j++)
                    result[j, o] += row[j] * values[i, o];
        }

        return result;
    }

    static float[] Pack(Matrix<double> weights, int width)
    {
        var packed = new float[weights.ColumnCount * width];
        for (var o = 0; o < weights.ColumnCount; o++)
            for (var j = 0; j < weights.RowCount; j++)
                packed[o * width + j] = (float)weights[j, o];
        return packed;
    }
}
