namespace Pessimist.Evaluation;

/// <summary>
/// Labels that are probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021), and whether there are more than a hard but clean set
/// would show. Hard examples lie where a model is unsure: their errors vanish as it gets sure. Wrong labels lie anywhere. So errors among the surer
/// half of the examples are compared with those of labels drawn from the model's own probabilities, as the unsure half calibrates them.
/// </summary>
/// <param name="Count">Examples looked at.</param>
/// <param name="Errors">Share of examples whose most probable class is not the given one.</param>
/// <param name="SureErrors">Number of such examples among the surer half.</param>
/// <param name="Expected">What labels drawn from the probabilities give there, on average.</param>
/// <param name="P">One-sided p-value of as many, never 0.</param>
/// <param name="Share">Share of errors among the surest quarter: an estimate of the share of wrong labels, with its interval.</param>
/// <param name="Majority">Share of examples that are not of the commonest class.</param>
/// <param name="Suspects">Most doubtful first.</param>
public sealed record LabelNoise(
    int Count, double Errors, int SureErrors, double Expected, double P, Estimate Share, double Majority, IReadOnlyList<LabelSuspect> Suspects)
{
    const int Simulations = 200;

    /// <summary>Floor of a threshold of confidence, and slack in comparing with it.</summary>
    const double Tiny = 1e-6;

    /// <param name="labels">Class ids in 0..K-1, as given.</param>
    /// <param name="probabilities">n x K, row-major, out of sample: see <see cref="OutOfSample"/>.</param>
    /// <returns>Null for fewer than 8 examples, or with NaN probabilities.</returns>
    public static LabelNoise? Measure(ReadOnlySpan<int> labels, float[] probabilities, int classes, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)probabilities.Length, (long)labels.Length * classes);
        if (labels.Length < 8 || probabilities.Any(float.IsNaN)) return null;
        var given = labels.ToArray();
        var predicted = ClassPredictions.FromProbabilities(probabilities, classes).Classes;
        double Top(int i) => probabilities[i * classes + predicted[i]];
        var order = Enumerable.Range(0, given.Length).OrderByDescending(Top).ThenBy(i => i).ToArray();
        int[] sure = order[..(given.Length / 2)], unsure = order[(given.Length / 2)..], surest = order[..(given.Length / 4)];
        bool IsWrong(int i) => predicted[i] != given[i];

        var power = Power(unsure, given, probabilities, classes);
        var chances = sure.Select(i => 1 - Sharpened(probabilities.AsSpan(i * classes, classes), power, predicted[i])).ToArray();
        var wrong = sure.Count(IsWrong);
        var random = new Random(seed);
        var asMany = 0;
        for (var s = 0; s < Simulations; s++)
            if (chances.Count(c => random.NextDouble() < c) >= wrong) asMany++;
        return new LabelNoise(
            given.Length, given.Where((_, i) => IsWrong(i)).Count() / (double)given.Length, wrong, chances.Sum(), (asMany + 1.0) / (Simulations + 1),
            Wilson.Interval(surest.Count(IsWrong), surest.Length), 1 - given.GroupBy(l => l).Max(g => g.Count()) / (double)given.Length,
            Suspicious(given, predicted, probabilities, classes));
    }

    /// <summary>The exponent on the probabilities that fits the labels of the unsure half best: 1 when they are calibrated, more when they are too timid.</summary>
    static double Power(int[] unsure, int[] given, float[] probabilities, int classes)
    {
        double Loss(double power) => unsure.Sum(i => -Math.Log(Math.Max(Tiny, Sharpened(probabilities.AsSpan(i * classes, classes), power, given[i]))));
        return Enumerable.Range(0, 31).Select(s => Math.Exp((s - 15) / 10.0)).MinBy(Loss);
    }

    /// <summary>p_k^power / Σ p^power.</summary>
    static double Sharpened(ReadOnlySpan<float> row, double power, int k)
    {
        double own = 0, total = 0;
        for (var j = 0; j < row.Length; j++)
        {
            var value = Math.Pow(Math.Max(row[j], Tiny), power);
            total += value;
            if (j == k) own = value;
        }

        return own / total;
    }

    /// <summary>Off-diagonals of the confident joint: another class is more probable than it is, on average, for its own examples.</summary>
    static List<LabelSuspect> Suspicious(int[] given, int[] predicted, float[] probabilities, int classes)
    {
        var sums = new double[classes];
        var counts = new int[classes];
        for (var i = 0; i < given.Length; i++)
        {
            sums[given[i]] += probabilities[i * classes + given[i]];
            counts[given[i]]++;
        }

        var suspects = new List<LabelSuspect>();
        for (var i = 0; i < given.Length; i++)
        {
            var guess = predicted[i];
            if (guess == given[i] || counts[guess] == 0) continue;
            double own = probabilities[i * classes + given[i]], other = probabilities[i * classes + guess];
            if (other < Math.Max(Tiny, sums[guess] / counts[guess]) - Tiny) continue;
            // Normalized margin, 0 to 1.
            suspects.Add(new LabelSuspect(i, given[i], guess, (1 + other - own) / 2));
        }

        return [.. suspects.OrderByDescending(s => s.Score).ThenBy(s => s.Example)];
    }
}

/// <summary>An example whose label is doubtful.</summary>
/// <param name="Example">Position.</param>
/// <param name="Score">0 to 1, higher is more doubtful.</param>
public sealed record LabelSuspect(int Example, int Given, int Suggested, double Score);
