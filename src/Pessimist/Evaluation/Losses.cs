namespace Pessimist.Evaluation;

/// <summary>One loss per example, as decompositions, comparisons and top losses read them. NaN predictions give NaN losses.</summary>
public static class Losses
{
    /// <summary>The smallest probability a logarithm is taken of: the resolution of float32 near 1, as in scikit-learn.</summary>
    public const double SmallestProbability = 1.1920929e-7;

    /// <summary>1 where the class is wrong, else 0.</summary>
    public static double[] ZeroOne(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(predictions.Length, labels.Length);
        var losses = new double[labels.Length];
        for (var i = 0; i < losses.Length; i++) losses[i] = labels[i] == predictions[i] ? 0 : 1;
        return losses;
    }

    /// <summary>-ln of the label's probability, in nats. <paramref name="probabilities"/> is n x K, row-major.</summary>
    public static double[] CrossEntropy(ReadOnlySpan<int> labels, ReadOnlySpan<float> probabilities, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)probabilities.Length, (long)labels.Length * classes);
        var losses = new double[labels.Length];
        for (var i = 0; i < losses.Length; i++)
        {
            var probability = (double)probabilities[i * classes + labels[i]];
            losses[i] = double.IsNaN(probability) ? double.NaN : -Math.Log(Math.Clamp(probability, SmallestProbability, 1));
        }

        return losses;
    }

    /// <summary>Squared error, averaged over the outputs of an example.</summary>
    public static double[] Squared(ReadOnlySpan<float> targets, ReadOnlySpan<float> predictions, int outputs = 1) =>
        PerExample(targets, predictions, outputs, d => d * d);

    /// <summary>Absolute error, averaged over the outputs of an example.</summary>
    public static double[] Absolute(ReadOnlySpan<float> targets, ReadOnlySpan<float> predictions, int outputs = 1) =>
        PerExample(targets, predictions, outputs, Math.Abs);

    static double[] PerExample(ReadOnlySpan<float> targets, ReadOnlySpan<float> predictions, int outputs, Func<double, double> loss)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(predictions.Length, targets.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(targets.Length % outputs, 0);
        var losses = new double[targets.Length / outputs];
        for (var i = 0; i < targets.Length; i++)
            losses[i / outputs] += loss((double)predictions[i] - targets[i]) / outputs;
        return losses;
    }
}
