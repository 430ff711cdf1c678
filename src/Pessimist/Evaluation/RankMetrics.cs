namespace Pessimist.Evaluation;

/// <summary>The area under the ROC curve: the chance that a random example of class 1 scores above a random one of class 0 (ties count half).</summary>
static class RankMetrics
{
    internal static Func<ReadOnlySpan<int>, double> Auc(int[] labels, float[] probabilities, int classes)
    {
        if (classes != 2)
            throw new ArgumentException($"The area under the ROC curve is for two classes, not {classes}.", nameof(classes));
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, 2 * labels.Length);
        var scores = new float[labels.Length];
        for (var i = 0; i < scores.Length; i++) scores[i] = probabilities[2 * i + 1];
        return Auc(labels, scores);
    }

    internal static Func<ReadOnlySpan<int>, double> Auc(int[] labels, float[] scores)
    {
        if (scores.Any(float.IsNaN))
            return _ => double.NaN;
        var order = Enumerable.Range(0, scores.Length).ToArray();
        var sorted = (float[])scores.Clone();
        Array.Sort(sorted, order);
        return weights =>
        {
            double wins = 0, negatives = 0, positives = 0;
            for (var start = 0; start < order.Length;)
            {
                double tiedNegatives = 0, tiedPositives = 0;
                var end = start;
                for (; end < order.Length && sorted[end] == sorted[start]; end++)
                {
                    var i = order[end];
                    if (labels[i] == 1) tiedPositives += weights[i];
                    else tiedNegatives += weights[i];
                }

                wins += tiedPositives * (negatives + tiedNegatives / 2);
                negatives += tiedNegatives;
                positives += tiedPositives;
                start = end;
            }

            return wins / (positives * negatives);
        };
    }
}
