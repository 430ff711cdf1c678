namespace Pessimist.Evaluation;

/// <summary>Probabilities of classes that no example's own label had a part in.</summary>
public static class OutOfSample
{
    /// <summary>Votes of so many neighbours make a probability.</summary>
    const int Neighbours = 10;

    /// <summary>
    /// Mean of softmax regression and k nearest neighbours, each fitted on the other folds: one sees what is linear, the other what is local, and where
    /// both contradict a label it is the label that is odd.
    /// </summary>
    /// <param name="folds">Stratified by class; each class should have a few examples in each.</param>
    /// <returns>n x K, row-major, each row summing to 1.</returns>
    public static float[] Probabilities(ClassifiedRows rows, int classes, int folds = 5, int seed = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var fold = Folds(rows.Labels, folds, seed);
        var probabilities = new float[rows.Count * classes];
        for (var f = 0; f < folds; f++)
        {
            int[] held = [.. Enumerable.Range(0, rows.Count).Where(i => fold[i] == f)];
            var train = rows.Select([.. Enumerable.Range(0, rows.Count).Where(i => fold[i] != f)]);
            if (held.Length == 0 || train.Count == 0) continue;
            var features = rows.Features.Select(held);
            var scale = Standardizer.Fit(train.Features);
            var near = new ClassifiedRows(scale.Apply(train.Features), train.Labels);
            var linear = SoftmaxRegression.Fit(train, classes, Math.Clamp(3.0 / train.Count, 3e-4, 0.03), cancellation).Predict(features).Probabilities;
            var local = new KNearestClassifier(near, classes, Math.Min(Neighbours, train.Count)).Predict(scale.Apply(features)).Probabilities;
            for (var i = 0; i < held.Length; i++)
                for (var k = 0; k < classes; k++)
                    probabilities[held[i] * classes + k] = (linear[i * classes + k] + local[i * classes + k]) / 2;
        }

        return probabilities;
    }

    /// <summary>A fold for each example; every class is spread evenly.</summary>
    static int[] Folds(int[] labels, int folds, int seed)
    {
        var order = Enumerable.Range(0, labels.Length).ToArray();
        new Random(seed).Shuffle(order);
        var next = new Dictionary<int, int>();
        var fold = new int[labels.Length];
        foreach (var i in order)
        {
            var position = next.GetValueOrDefault(labels[i]);
            fold[i] = (position + labels[i]) % folds;
            next[labels[i]] = position + 1;
        }

        return fold;
    }
}
