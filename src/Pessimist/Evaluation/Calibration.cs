namespace Pessimist.Evaluation;

/// <summary>
/// Expected calibration error over 15 equal-width bins of the predicted class's probability (Guo et al. 2017), read against what a perfectly
/// calibrated model would score on as many examples: labels drawn from the model's own probabilities, 200 times.
/// </summary>
/// <param name="Error">Σ share of bin · |accuracy - mean probability|.</param>
/// <param name="NullMean">What a perfectly calibrated model scores on average.</param>
/// <param name="NullHigh">What 95 % of them stay below.</param>
/// <param name="P">One-sided p-value of the error under calibration, never 0.</param>
/// <param name="Confidence">Mean probability of the predicted class.</param>
/// <param name="Accuracy">Share predicted right: below the confidence, the model is over-confident.</param>
/// <param name="Bins">Bins with examples, from low to high.</param>
public sealed record Calibration(
    double Error, double NullMean, double NullHigh, double P, double Confidence, double Accuracy, IReadOnlyList<CalibrationBin> Bins)
{
    const int BinCount = 15, Simulations = 200, Resamples = 200;

    /// <summary>95 % bootstrap interval of the error. It includes what a finite set adds to it: compare with the null, and not with 0.</summary>
    public Estimate Interval { get; init; } = Estimate.Unknown;

    /// <param name="labels">Class ids in 0..K-1.</param>
    /// <param name="probabilities">n x K, row-major, each row summing to 1.</param>
    /// <param name="classes">K.</param>
    /// <param name="seed">For the simulated null.</param>
    /// <returns>Null without examples or with NaN probabilities.</returns>
    public static Calibration? Measure(ReadOnlySpan<int> labels, float[] probabilities, int classes, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)probabilities.Length, (long)labels.Length * classes);
        if (labels.IsEmpty || probabilities.Any(float.IsNaN))
            return null;
        var predicted = ClassPredictions.FromProbabilities(probabilities, classes).Classes;
        var confidences = new double[labels.Length];
        var right = new bool[labels.Length];
        for (var i = 0; i < right.Length; i++)
        {
            confidences[i] = Math.Min(1, probabilities[i * classes + predicted[i]]);
            right[i] = predicted[i] == labels[i];
        }

        var bins = Bin(confidences, right);
        var error = ErrorOf(bins, right.Length);
        var random = new Random(seed);
        var simulated = new double[Simulations];
        var drawn = new bool[right.Length];
        for (var s = 0; s < Simulations; s++)
        {
            // Only whether the predicted class is right matters, and that has its own probability.
            for (var i = 0; i < drawn.Length; i++) drawn[i] = random.NextDouble() < confidences[i];
            simulated[s] = ErrorOf(Bin(confidences, drawn), drawn.Length);
        }

        Array.Sort(simulated);
        return new Calibration(
            error, simulated.Average(), simulated[(int)(0.95 * Simulations)], (simulated.Count(v => v >= error) + 1.0) / (Simulations + 1),
            confidences.Average(), right.Count(r => r) / (double)right.Length, bins)
        {
            Interval = Bootstrap.Percentile(right.Length, weights => Weighted(confidences, right, weights), seed, resamples: Resamples),
        };
    }

    static double Weighted(double[] confidences, bool[] right, ReadOnlySpan<int> weights)
    {
        var gaps = new double[BinCount];
        var total = 0;
        for (var i = 0; i < right.Length; i++)
        {
            gaps[BinOf(confidences[i])] += weights[i] * ((right[i] ? 1 : 0) - confidences[i]);
            total += weights[i];
        }

        return gaps.Sum(Math.Abs) / total;
    }

    static int BinOf(double confidence) => Math.Min(BinCount - 1, (int)(confidence * BinCount));

    static List<CalibrationBin> Bin(double[] confidences, bool[] right)
    {
        var counts = new int[BinCount];
        double[] sums = new double[BinCount], hits = new double[BinCount];
        for (var i = 0; i < right.Length; i++)
        {
            var bin = BinOf(confidences[i]);
            counts[bin]++;
            sums[bin] += confidences[i];
            if (right[i]) hits[bin]++;
        }

        return
        [
            .. Enumerable.Range(0, BinCount).Where(b => counts[b] > 0)
                .Select(b => new CalibrationBin((double)b / BinCount, (b + 1.0) / BinCount, counts[b], sums[b] / counts[b], hits[b] / counts[b])),
        ];
    }

    static double ErrorOf(List<CalibrationBin> bins, int count) => bins.Sum(b => (double)b.Count / count * Math.Abs(b.Accuracy - b.Confidence));
}

/// <summary>Examples whose predicted class has a probability between two bounds.</summary>
public sealed record CalibrationBin(double From, double To, int Count, double Confidence, double Accuracy);
