namespace Pessimist.Data.Readers;

/// <summary>Makes label columns of an array: one label per example, (N), (N, 1), or one-hot (N, K); several, (N, K), become label_1 … label_K.</summary>
static class ArrayLabels
{
    const int MostLabels = 1000;

    public static IReadOnlyList<Column> From(NpyArray labels, string source, int count, string itemsSource)
    {
        if (labels.Count != count)
            throw new PessimistException($"{source} holds {labels.Count} labels, {itemsSource} holds {count} examples", "save both from the same rows");
        var width = labels.Shape.Skip(1).Aggregate(1, (a, b) => a * b);
        if (labels.Texts is { } texts && width == 1) return [new TextColumn("label", texts)];
        if (labels.Wide is { } numbers && width == 1) return [new NumberColumn("label", numbers)];
        if (labels.Wide is { } wide && labels.Shape.Length == 2 && OneHot(wide, width) is { } classes) return [new NumberColumn("label", classes)];
        if (labels.Wide is { } several && labels.Shape.Length == 2 && width <= MostLabels) return [.. Enumerable.Range(0, width).Select(k => Labels(several, width, k))];
        throw new PessimistException($"{source} has shape ({string.Join(", ", labels.Shape)}): a label for each example is expected, (N), (N, 1) or one-hot (N, K), or several, (N, K)",
            "save one row of labels for each example");
    }

    static NumberColumn Labels(double[] values, int width, int k)
    {
        var own = new double[values.Length / width];
        for (var row = 0; row < own.Length; row++) own[row] = values[row * width + k];
        return new NumberColumn(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"label_{k + 1}"), own);
    }

    static double[]? OneHot(double[] values, int width)
    {
        var classes = new double[values.Length / width];
        for (var row = 0; row < classes.Length; row++)
        {
            var at = values.AsSpan(row * width, width);
            if (at.Count(1.0) != 1 || at.Count(0.0) != width - 1) return null;
            classes[row] = at.IndexOf(1.0);
        }

        return classes;
    }
}
