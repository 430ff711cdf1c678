namespace Pessimist.Evaluation;

/// <summary>What a classifier says of n examples.</summary>
/// <param name="Classes">The predicted class of each.</param>
/// <param name="Probabilities">n x K, row-major; each row sums to 1.</param>
public sealed record ClassPredictions(int[] Classes, float[] Probabilities)
{
    /// <summary>Takes the most probable class of each row, the lowest id when several are equal.</summary>
    internal static ClassPredictions FromProbabilities(float[] probabilities, int classes)
    {
        var predicted = new int[probabilities.Length / classes];
        for (var i = 0; i < predicted.Length; i++)
        {
            var row = probabilities.AsSpan(i * classes, classes);
            for (var k = 1; k < classes; k++)
                if (row[k] > row[predicted[i]]) predicted[i] = k;
        }

        return new ClassPredictions(predicted, probabilities);
    }
}

/// <summary>A fitted model of classes.</summary>
public interface IClassifier
{
    /// <summary>Short and lower-case: "majority class".</summary>
    string Name { get; }

    /// <summary>What was fitted, with the settings chosen.</summary>
    string Description { get; }

    ClassPredictions Predict(FeatureMatrix features);
}

/// <summary>A fitted model of numbers.</summary>
public interface IRegressor
{
    string Name { get; }
    string Description { get; }

    /// <summary>rows x outputs, row-major.</summary>
    float[] Predict(FeatureMatrix features);
}

/// <summary>Examples with their class ids in 0..K-1.</summary>
public sealed record ClassifiedRows
{
    public ClassifiedRows(FeatureMatrix features, int[] labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        features.RequireRows(labels.Length, "labels");
        (Features, Labels) = (features, labels);
    }

    public FeatureMatrix Features { get; }
    public int[] Labels { get; }
    public int Count => Labels.Length;

    public ClassifiedRows Select(ReadOnlySpan<int> rows)
    {
        var labels = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) labels[i] = Labels[rows[i]];
        return new ClassifiedRows(Features.Select(rows), labels);
    }
}

/// <summary>Examples with their target numbers: rows x outputs, row-major.</summary>
public sealed record ValuedRows
{
    public ValuedRows(FeatureMatrix features, float[] targets, int outputs = 1)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        features.RequireRows(targets.Length / outputs, "targets");
        (Features, Targets, Outputs) = (features, targets, outputs);
    }

    public FeatureMatrix Features { get; }
    public float[] Targets { get; }
    public int Outputs { get; }
    public int Count => Features.Rows;

    public ReadOnlySpan<float> Target(int row) => Targets.AsSpan(row * Outputs, Outputs);

    public ValuedRows Select(ReadOnlySpan<int> rows)
    {
        var targets = new float[rows.Length * Outputs];
        for (var i = 0; i < rows.Length; i++) Target(rows[i]).CopyTo(targets.AsSpan(i * Outputs));
        return new ValuedRows(Features.Select(rows), targets, Outputs);
    }
}
