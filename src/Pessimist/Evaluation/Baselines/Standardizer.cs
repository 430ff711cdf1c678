namespace Pessimist.Evaluation;

/// <summary>Brings every feature to mean 0 and standard deviation 1 on the training rows; a constant feature becomes 0.</summary>
public sealed class Standardizer
{
    readonly double[] _means;
    readonly double[] _scales;

    Standardizer(double[] means, double[] scales) => (_means, _scales) = (means, scales);

    public static Standardizer Fit(FeatureMatrix train)
    {
        train.RequireFinite();
        var means = new double[train.Columns];
        var scales = new double[train.Columns];
        for (var i = 0; i < train.Rows; i++)
        {
            var row = train.Row(i);
            for (var j = 0; j < row.Length; j++) means[j] += row[j];
        }

        for (var j = 0; j < means.Length; j++) means[j] /= Math.Max(1, train.Rows);
        for (var i = 0; i < train.Rows; i++)
        {
            var row = train.Row(i);
            for (var j = 0; j < row.Length; j++) scales[j] += (row[j] - means[j]) * (row[j] - means[j]);
        }

        for (var j = 0; j < scales.Length; j++)
        {
            var deviation = Math.Sqrt(scales[j] / Math.Max(1, train.Rows));
            // Below the resolution of float32 a spread is rounding of a constant.
            scales[j] = deviation > 1e-6 * Math.Abs(means[j]) && deviation > 0 ? 1 / deviation : 0;
        }

        return new Standardizer(means, scales);
    }

    /// <summary>True for a feature that did not vary in training.</summary>
    public bool IsConstant(int column) => _scales[column] == 0;

    public FeatureMatrix Apply(FeatureMatrix features)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Columns, _means.Length);
        var values = new float[features.Values.Length];
        for (var i = 0; i < features.Rows; i++)
        {
            var row = features.Row(i);
            var target = values.AsSpan(i * features.Columns, features.Columns);
            for (var j = 0; j < row.Length; j++) target[j] = (float)((row[j] - _means[j]) * _scales[j]);
        }

        return new FeatureMatrix(values, features.Columns);
    }
}
