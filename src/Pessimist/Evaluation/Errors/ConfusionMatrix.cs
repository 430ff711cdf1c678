using MathNet.Numerics.Distributions;

namespace Pessimist.Evaluation;

/// <summary>Recall of one class: of <paramref name="Count"/> examples, the share predicted right, with its Wilson interval.</summary>
public sealed record ClassRecall(int Label, int Count, int Right, Estimate Recall);

/// <summary>Examples of one class taken for another.</summary>
/// <param name="Label">The class given.</param>
/// <param name="Predicted">The class predicted.</param>
/// <param name="Count">How many.</param>
/// <param name="Share">Their share of all errors.</param>
/// <param name="Rate">Their share of the class's examples, with its Wilson interval.</param>
/// <param name="IsExceptional">
/// More than chance would give if this class's errors spread evenly over the other classes (one-sided binomial test, Benjamini-Hochberg at
/// 5 % over all pairs).
/// </param>
/// <param name="Examples">The first of them, by position.</param>
public sealed record Confusion(int Label, int Predicted, int Count, double Share, Estimate Rate, bool IsExceptional, IReadOnlyList<int> Examples);

/// <summary>Which class is taken for which.</summary>
public sealed class ConfusionMatrix
{
    readonly int[] _counts;
    readonly List<int>[] _examples;

    /// <param name="labels">Class ids in 0..K-1.</param>
    /// <param name="predictions">Predicted class ids in 0..K-1.</param>
    /// <param name="classes">K.</param>
    /// <param name="examplesPerPair">How many examples to remember of each pair.</param>
    public ConfusionMatrix(ReadOnlySpan<int> labels, ReadOnlySpan<int> predictions, int classes, int examplesPerPair = 12)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(predictions.Length, labels.Length);
        Classes = classes;
        Count = labels.Length;
        _counts = new int[checked(classes * classes)];
        _examples = new List<int>[classes * classes];
        for (var i = 0; i < labels.Length; i++)
        {
            var cell = Cell(labels[i], predictions[i]);
            _counts[cell]++;
            if (labels[i] == predictions[i]) continue;
            Errors++;
            var examples = _examples[cell] ??= [];
            if (examples.Count < examplesPerPair) examples.Add(i);
        }
    }

    public int Classes { get; }
    public int Count { get; }
    public int Errors { get; }

    /// <summary>How many examples of class <paramref name="label"/> were predicted as <paramref name="predicted"/>.</summary>
    public int this[int label, int predicted] => _counts[Cell(label, predicted)];

    public IReadOnlyList<ClassRecall> Recalls() =>
        [.. Enumerable.Range(0, Classes).Select(k => new ClassRecall(k, RowCount(k), this[k, k], Wilson.Interval(this[k, k], RowCount(k))))];

    /// <summary>The pairs with at least one error, most errors first (then the higher rate).</summary>
    public IReadOnlyList<Confusion> MostConfused(int limit = int.MaxValue)
    {
        var cells = Enumerable.Range(0, _counts.Length).Where(c => c / Classes != c % Classes).ToArray();
        var adjusted = MultipleTests.BenjaminiHochberg(cells.Select(P).ToArray());
        return
        [
            .. cells.Select((cell, i) => (Cell: cell, P: adjusted[i]))
                .Where(c => _counts[c.Cell] > 0)
                .Select(c => Describe(c.Cell, c.P))
                .OrderByDescending(c => c.Count).ThenByDescending(c => c.Rate.Value).ThenBy(c => c.Label).ThenBy(c => c.Predicted)
                .Take(limit),
        ];
    }

    Confusion Describe(int cell, double p)
    {
        var (label, predicted) = (cell / Classes, cell % Classes);
        return new Confusion(
            label, predicted, _counts[cell], (double)_counts[cell] / Errors, Wilson.Interval(_counts[cell], RowCount(label)), p <= 0.05, _examples[cell]);
    }

    /// <summary>P(at least this many) when a class's errors fall on the other classes evenly.</summary>
    double P(int cell)
    {
        var label = cell / Classes;
        var errors = RowCount(label) - this[label, label];
        return _counts[cell] == 0 || Classes == 2 ? 1 : Math.Clamp(1 - Binomial.CDF(1.0 / (Classes - 1), errors, _counts[cell] - 1), 0, 1);
    }

    int RowCount(int label) => _counts.AsSpan(label * Classes, Classes).ToArray().Sum();

    int Cell(int label, int predicted)
    {
        if ((uint)label >= (uint)Classes || (uint)predicted >= (uint)Classes)
            throw new ArgumentException($"Class ids lie in 0..{Classes - 1}; found label {label} predicted as {predicted}.");
        return label * Classes + predicted;
    }
}
