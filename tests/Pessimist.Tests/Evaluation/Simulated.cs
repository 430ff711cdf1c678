using MathNet.Numerics.Distributions;
using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation;

/// <summary>Small data sets with known truth.</summary>
static class Simulated
{
    /// <summary>K classes at random centres <paramref name="distance"/> apart (on average, per class and not per feature), unit noise, random order.</summary>
    internal static ClassifiedRows Classes(int count, int features, int classes, double distance, int seed)
    {
        var random = new Random(seed);
        var centres = new double[classes * features];
        for (var i = 0; i < centres.Length; i++) centres[i] = distance / Math.Sqrt(2 * features) * Normal.Sample(random, 0, 1);
        var values = new float[count * features];
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(classes);
            for (var j = 0; j < features; j++) values[i * features + j] = (float)(centres[labels[i] * features + j] + Normal.Sample(random, 0, 1));
        }

        return new ClassifiedRows(new FeatureMatrix(values, features), labels);
    }

    /// <summary>y = Σ x_j·weight_j + noise, weights 1, -2, 3, … over standard normal features.</summary>
    internal static ValuedRows Linear(int count, int features, double noise, int seed)
    {
        var random = new Random(seed);
        var values = new float[count * features];
        var targets = new float[count];
        for (var i = 0; i < count; i++)
        {
            double target = 5 + noise * Normal.Sample(random, 0, 1);
            for (var j = 0; j < features; j++)
            {
                var x = Normal.Sample(random, 0, 1);
                values[i * features + j] = (float)x;
                target += x * (j + 1) * (j % 2 == 0 ? 1 : -1);
            }

            targets[i] = (float)target;
        }

        return new ValuedRows(new FeatureMatrix(values, features), targets);
    }

    internal static int[] Range(int first, int end) => [.. Enumerable.Range(first, end - first)];
}
