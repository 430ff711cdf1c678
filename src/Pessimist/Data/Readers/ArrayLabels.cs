namespace Pessimist.Data.Readers;

/// <summary>Makes a label column of an array: one label per example, (N), (N, 1), or one-hot (N, K).</summary>
static class ArrayLabels
{
    public static Column From(NpyArray labels, string source, int count, string itemsSource)
    {
        if (labels.Count != count)
            throw new PessimistException($"{source} holds {labels.Count} labels, {itemsSource} holds {count} examples", "save both from the same rows");
        var width = labels.Shape.Skip(1).Aggregate(1, (a, b) => a * b);
        if (labels.Texts is { } texts && width == 1) return new TextColumn("label", texts);
        if (labels.Wide is { } numbers && width == 1) return new NumberColumn("label", numbers);
        if (labels.Wide is { } wide && labels.Shape.Length == 2 && OneHot(wide, width) is { } classes) return new NumberColumn("label", classes);
        throw new PessimistException($"{source} has shape ({string.Join(", ", labels.Shape)}): one label for each example is expected, (N), (N, 1) or one-hot (N, K)",
            "save one label for each example; for several targets give a table and --target a,b");
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
