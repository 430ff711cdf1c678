using Pessimist.Text;

namespace Pessimist.Data;

/// <summary>Puts a given test set behind the data, so that both are read, encoded and checked in one way.</summary>
public static class RawDataTest
{
    /// <summary>
    /// The rows of <paramref name="raw"/>, then those of <paramref name="test"/> (see <see cref="RawData.TestStart"/>). Columns meet by name; a
    /// column of the data that the test set lacks is an error, a column that only the test set has is left out and noted.
    /// </summary>
    public static RawData WithTest(this RawData raw, RawData test)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(test);
        if (raw.Kind != test.Kind)
            throw new PessimistException($"the test set {test.Source} holds {Words(test.Kind)}, the data {raw.Source} hold {Words(raw.Kind)}",
                "give a test set of the same kind");
        if (raw.TestStart is not null)
            throw new PessimistException($"{raw.Source} brings its own test set, and {test.Source} was given as well", "leave one of them out");
        var extra = test.Columns.Select(c => c.Name).Except(raw.Columns.Select(c => c.Name)).ToList();
        return new RawData
        {
            Source = raw.Source,
            Kind = raw.Kind,
            Format = raw.Format,
            Count = checked(raw.Count + test.Count),
            Columns = JoinColumns(raw, test),
            Items = raw.Items is null ? null : JoinItems(raw, test),
            Labels = JoinLabels(raw, test),
            Paths = raw.Paths is null || test.Paths is null ? null : [.. raw.Paths, .. test.Paths],
            Unreadable = [.. raw.Unreadable, .. test.Unreadable],
            WrongExtensions = [.. raw.WrongExtensions, .. test.WrongExtensions],
            OddShapes = [.. raw.OddShapes, .. test.OddShapes],
            Notes =
            [
                .. raw.Notes, .. test.Notes,
                .. extra.Count == 0 ? Array.Empty<string>() : [$"left out of the test set {test.Source}, as the data lack them: {DidYouMean.List(extra)}"],
            ],
            Reading = raw.Reading,
            TestStart = raw.Count,
            TestSource = test.Source == raw.Source ? null : test.Source,
        };
    }

    static List<Column> JoinColumns(RawData raw, RawData test)
    {
        var byName = new Dictionary<string, Column>(StringComparer.Ordinal);
        foreach (var column in test.Columns) byName.TryAdd(column.Name, column);
        List<Column> joined = new(raw.Columns.Count);
        foreach (var column in raw.Columns)
        {
            if (!byName.TryGetValue(column.Name, out var other))
                throw new PessimistException(
                    $"the test set {test.Source} has no column '{column.Name}'{DidYouMean.Suffix(column.Name, byName.Keys)}; it has {DidYouMean.List(byName.Keys)}",
                    "give a test set with the same columns as the data");
            joined.Add(Join(column, other));
        }

        return joined;
    }

    static Column Join(Column first, Column second)
    {
        if (first is NumberColumn a && second is NumberColumn b)
            return new NumberColumn(a.Name, [.. a.Values, .. b.Values],
                [.. a.NotNumbers, .. b.NotNumbers.Select(c => c with { Row = c.Row + a.Count })]);
        if (first is NumberColumn numbers && second is TextColumn texts && texts.Values.ToArray().All(t => t is null))
            return new NumberColumn(numbers.Name, [.. numbers.Values, .. Enumerable.Repeat(double.NaN, texts.Count)], numbers.NotNumbers);
        return new TextColumn(first.Name, [.. AsText(first), .. AsText(second)]);
    }

    static string?[] AsText(Column column)
    {
        if (column is TextColumn text) return text.Values.ToArray();
        var words = new string?[column.Count];
        for (var i = 0; i < words.Length; i++) words[i] = column.IsMissing(i) ? null : column.Show(i);
        return words;
    }

    static ArrayData JoinItems(RawData raw, RawData test)
    {
        ArrayData a = raw.Items!, b = test.Items!;
        if (!a.Shape.SequenceEqual(b.Shape))
            throw new PessimistException(
                $"examples of the test set {test.Source} have shape [{string.Join(", ", b.Shape)}], those of {raw.Source} have [{string.Join(", ", a.Shape)}]",
                "give a test set of the same shape");
        int[] shape = [.. a.Shape];
        var count = a.Count + b.Count;
        if (a.Bytes is not null && b.Bytes is not null)
            return new ArrayData(shape, count, [.. a.Bytes, .. b.Bytes]);
        return new ArrayData(shape, count, [.. Floats(a), .. Floats(b)], a.ElementType) { Padded = a.Padded && b.Padded };
    }

    static float[] Floats(ArrayData items)
    {
        if (items.Floats is not null) return items.Floats;
        var floats = new float[items.Bytes!.Length];
        for (var i = 0; i < floats.Length; i++) floats[i] = items.Bytes[i];
        return floats;
    }

    static Column? JoinLabels(RawData raw, RawData test) => (raw.Labels, test.Labels) switch
    {
        (null, _) => null,
        (_, null) => throw new PessimistException($"the test set {test.Source} has no labels, the data {raw.Source} have"),
        var (a, b) => Join(a, b),
    };

    static string Words(DataKind kind) => kind switch
    {
        DataKind.Table => "a table",
        DataKind.Images => "images",
        _ => "arrays",
    };
}
