namespace Pessimist.Evaluation;

/// <summary>Always the most frequent class, with the class shares as probabilities (one imaginary example per class, so that none is 0).</summary>
public sealed class MajorityClass : IClassifier
{
    readonly float[] _shares;
    readonly int _majority;

    MajorityClass(float[] shares, int majority) => (_shares, _majority) = (shares, majority);

    public string Name => "majority class";
    public string Description => $"always class {_majority}, the most frequent in training";

    public static MajorityClass Fit(ReadOnlySpan<int> labels, int classes)
    {
        var counts = new int[classes];
        foreach (var label in labels) counts[label]++;
        var shares = new float[classes];
        for (var k = 0; k < classes; k++) shares[k] = (counts[k] + 1f) / (labels.Length + classes);
        return new MajorityClass(shares, Array.IndexOf(counts, counts.Max()));
    }

    public ClassPredictions Predict(FeatureMatrix features)
    {
        var probabilities = new float[features.Rows * _shares.Length];
        for (var i = 0; i < features.Rows; i++) _shares.CopyTo(probabilities, i * _shares.Length);
        return new ClassPredictions([.. Enumerable.Repeat(_majority, features.Rows)], probabilities);
    }
}
