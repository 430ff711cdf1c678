namespace Pessimist.Evaluation;

/// <summary>Macro-F1 and balanced accuracy, which are read off the confusion matrix.</summary>
static class ConfusionMetrics
{
    internal static Func<ReadOnlySpan<int>, double> Of(MetricKind kind, int[] labels, int[] predictions, int classes)
    {
        long[] labelled = new long[classes], predicted = new long[classes], right = new long[classes];
        return weights =>
        {
            Array.Clear(labelled);
            Array.Clear(predicted);
            Array.Clear(right);
            for (var i = 0; i < weights.Length; i++)
            {
                labelled[labels[i]] += weights[i];
                predicted[predictions[i]] += weights[i];
                if (labels[i] == predictions[i]) right[labels[i]] += weights[i];
            }

            return kind == MetricKind.MacroF1 ? MacroF1(labelled, predicted, right) : BalancedAccuracy(labelled, right);
        };
    }

    /// <summary>Mean of 2·TP / (labelled + predicted) over the classes that occur on either side.</summary>
    static double MacroF1(long[] labelled, long[] predicted, long[] right)
    {
        double sum = 0;
        var present = 0;
        for (var k = 0; k < labelled.Length; k++)
        {
            if (labelled[k] + predicted[k] == 0) continue;
            sum += 2.0 * right[k] / (labelled[k] + predicted[k]);
            present++;
        }

        return sum / present;
    }

    /// <summary>Mean recall over the classes that occur.</summary>
    static double BalancedAccuracy(long[] labelled, long[] right)
    {
        double sum = 0;
        var present = 0;
        for (var k = 0; k < labelled.Length; k++)
        {
            if (labelled[k] == 0) continue;
            sum += (double)right[k] / labelled[k];
            present++;
        }

        return sum / present;
    }
}
