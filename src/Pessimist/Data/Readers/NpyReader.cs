namespace Pessimist.Data.Readers;

/// <summary>Reads one NPY array, with the labels found beside it under a matching name (X_train.npy, y_train.npy).</summary>
static class NpyReader
{
    static readonly (string Items, string Labels)[] _pairs =
        [("images", "labels"), ("inputs", "targets"), ("features", "labels"), ("features", "target"), ("data", "labels"), ("data", "target"), ("X", "y"), ("x", "y")];

    public static RawData Read(string path)
    {
        var array = Open(path, wide: false);
        if (array.Numbers is null) throw new PessimistException($"{path} holds text, not numbers", "give an array of numbers, with the labels in an array of their own");
        if (array.Shape.Length == 0) throw new PessimistException($"{path} holds a single number", "give an array whose first dimension counts the examples");
        if (Beside(path) is { } labels)
        {
            var column = ArrayLabels.From(Open(labels, wide: true), labels, array.Count, path);
            return Build(path, "NPY", array, column, [$"labels come from {Path.GetFileName(labels)}"]);
        }

        return array.Shape.Length == 2 ? AsTable(path, array) : Build(path, "NPY", array, [], []);
    }

    /// <summary>Pictures, sequences or vectors with their labels.</summary>
    public static RawData Build(string source, string format, NpyArray array, IReadOnlyList<Column> labels, IReadOnlyList<string> notes)
    {
        if (array.Numbers is null) throw new PessimistException($"{source} holds text where numbers are expected", "give the inputs as numbers");
        var (kind, items, note, reading) = ArrayLayout.Arrange(array.Shape, array.Numbers, source);
        return new RawData
        {
            Source = source,
            Kind = kind,
            Format = format,
            Count = items.Count,
            Items = items,
            Columns = labels.Count > 1 ? labels : [],
            Labels = labels.Count == 1 ? labels[0] : null,
            Reading = reading,
            Notes = note is null ? notes : [.. notes, note],
        };
    }

    /// <summary>A matrix without labels beside it: one of its columns must be the target.</summary>
    static RawData AsTable(string path, NpyArray array)
    {
        int count = array.Shape[0], width = array.Shape[1];
        Limits.CheckFits((long)count * width, sizeof(double), path);
        var names = Header.Numbered(width);
        var columns = new Column[width];
        for (var c = 0; c < width; c++)
        {
            var values = new double[count];
            for (var row = 0; row < count; row++)
                values[row] = array.Numbers!.Bytes is { } bytes ? bytes[row * width + c] : array.Numbers.Floats![row * width + c];
            columns[c] = new NumberColumn(names[c], values);
        }

        return new RawData
        {
            Source = path,
            Kind = DataKind.Table,
            Format = "NPY",
            Count = count,
            Columns = columns,
            Notes = [$"no labels lie beside {Path.GetFileName(path)} (y.npy, labels.npy): its columns are called column_1 … column_{width}, one of which is the target"],
        };
    }

    static NpyArray Open(string path, bool wide)
    {
        using var stream = GzipFile.OpenRead(path);
        return NpyArray.Read(stream, path, new FileInfo(path).Length * (stream is FileStream ? 1 : GzipFile.LargestRatio), wide);
    }

    static string? Beside(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        var name = Path.GetFileName(path);
        foreach (var (items, labels) in _pairs)
        {
            foreach (var (from, to) in new[] { (items + ".", labels + "."), (items + "_", labels + "_"), ("_" + items + ".", "_" + labels + ".") })
            {
                if (!name.Contains(from, StringComparison.Ordinal)) continue;
                var candidate = Path.Combine(folder, name.Replace(from, to, StringComparison.Ordinal));
                if (candidate != path && File.Exists(candidate)) return candidate;
            }
        }

        return null;
    }
}
