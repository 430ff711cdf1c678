namespace Pessimist.Evaluation;

/// <summary>Always the mean, or the median, of the training targets: the best constants for squared and absolute error.</summary>
public sealed class ConstantTarget : IRegressor
{
    readonly float[] _constants;

    ConstantTarget(string name, float[] constants) => (Name, _constants) = (name, constants);

    public string Name { get; }
    public string Description => $"always the {Name} of the training targets";

    public static ConstantTarget Mean(ValuedRows train) => new("mean", Summaries(train, values => values.Average(v => (double)v)));

    public static ConstantTarget Median(ValuedRows train) => new("median", Summaries(train, values =>
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + (double)values[values.Length / 2]) / 2;
    }));

    public float[] Predict(FeatureMatrix features)
    {
        var predictions = new float[features.Rows * _constants.Length];
        for (var i = 0; i < features.Rows; i++) _constants.CopyTo(predictions, i * _constants.Length);
        return predictions;
    }

    static float[] Summaries(ValuedRows train, Func<float[], double> summary)
    {
        ArgumentNullException.ThrowIfNull(train);
        if (train.Count == 0)
            throw new ArgumentException("There are no training examples.", nameof(train));
        return
        [
            .. Enumerable.Range(0, train.Outputs)
                .Select(o => (float)summary([.. Enumerable.Range(0, train.Count).Select(i => train.Target(i)[o])])),
        ];
    }
}
