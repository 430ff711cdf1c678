namespace Pessimist.Evaluation;

/// <summary>
/// The class whose mean is nearest (Euclidean). Its probabilities are those of Gaussian classes with one common, round covariance estimated
/// from the training rows.
/// </summary>
public sealed class NearestClassMean : IClassifier
{
    readonly FeatureMatrix _means;
    readonly int[] _present;
    readonly int _classes;
    readonly double _variance;

    NearestClassMean(FeatureMatrix means, int[] present, int classes, double variance) =>
        (_means, _present, _classes, _variance) = (means, present, classes, variance);

    public string Name => "nearest class mean";
    public string Description => "the class whose mean input is nearest";

    public static NearestClassMean Fit(ClassifiedRows train, int classes)
    {
        ArgumentNullException.ThrowIfNull(train);
        train.Features.RequireFinite();
        var width = train.Features.Columns;
        var sums = new double[classes * width];
        var counts = new int[classes];
        for (var i = 0; i < train.Count; i++)
        {
            var row = train.Features.Row(i);
            var label = train.Labels[i];
            counts[label]++;
            for (var j = 0; j < width; j++) sums[label * width + j] += row[j];
        }

        int[] present = [.. Enumerable.Range(0, classes).Where(k => counts[k] > 0)];
        if (present.Length == 0)
            throw new ArgumentException("There are no training examples.", nameof(train));
        var means = new float[present.Length * width];
        for (var p = 0; p < present.Length; p++)
            for (var j = 0; j < width; j++)
                means[p * width + j] = (float)(sums[present[p] * width + j] / counts[present[p]]);
        var matrix = new FeatureMatrix(means, width);
        return new NearestClassMean(matrix, present, classes, Variance(train, matrix, present));
    }

    public ClassPredictions Predict(FeatureMatrix features)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Columns, _means.Columns);
        var predicted = new int[features.Rows];
        var probabilities = new float[features.Rows * _classes];
        if (features.Rows == 0)
            return new ClassPredictions(predicted, probabilities);
        var table = NearestNeighbours.Search(features, _means, _present.Length);
        for (var i = 0; i < features.Rows; i++)
        {
            var nearest = table.Of(i);
            var distances = table.SquaredDistances(i);
            predicted[i] = _present[nearest[0]];
            var total = 0.0;
            foreach (var distance in distances) total += Math.Exp((distances[0] - distance) / (2 * _variance));
            for (var p = 0; p < nearest.Length; p++)
                probabilities[i * _classes + _present[nearest[p]]] = (float)(Math.Exp((distances[0] - distances[p]) / (2 * _variance)) / total);
        }

        return new ClassPredictions(predicted, probabilities);
    }

    /// <summary>
    /// Mean squared distance to the own class mean. Not divided by the number of features: they are correlated, and treating them as
    /// independent would make every probability 0 or 1.
    /// </summary>
    static double Variance(ClassifiedRows train, FeatureMatrix means, int[] present)
    {
        var place = new Dictionary<int, int>();
        for (var p = 0; p < present.Length; p++) place[present[p]] = p;
        var sum = 0.0;
        for (var i = 0; i < train.Count; i++)
        {
            var row = train.Features.Row(i);
            var mean = means.Row(place[train.Labels[i]]);
            for (var j = 0; j < row.Length; j++) sum += (row[j] - mean[j]) * (double)(row[j] - mean[j]);
        }

        return Math.Max(sum / train.Count, 1e-12);
    }
}
