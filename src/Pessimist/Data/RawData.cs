using System.Globalization;

namespace Pessimist.Data;

/// <summary>What kind of thing was read.</summary>
public enum DataKind
{
    /// <summary>Named columns.</summary>
    Table,

    /// <summary>Pictures of one size: [channels, height, width].</summary>
    Images,

    /// <summary>Vectors, sequences [steps, features] or other arrays.</summary>
    Arrays,
}

/// <summary>
/// Where an example came from. <paramref name="Row"/> is what a person counts: the first row of data (behind the header) is 1.
/// For pictures <paramref name="File"/> is the picture and <paramref name="Row"/> is null.
/// </summary>
public sealed record RowPlace(string File, int? Row);

/// <summary>An example that could not be read, and why (PES125).</summary>
public sealed record Unreadable(string Path, string Reason);

/// <summary>A picture whose size or mode differs from the rest, as it came: [channels, height, width] (PES126).</summary>
public sealed record OddShape(string Path, IReadOnlyList<int> Shape);

/// <summary>What was read, before anything is decided about it.</summary>
public sealed class RawData
{
    /// <summary>The file or folder read, as given.</summary>
    public required string Source { get; init; }

    public required DataKind Kind { get; init; }

    /// <summary>The format read, in words ("CSV", "MNIST-format IDX", …).</summary>
    public required string Format { get; init; }

    public required int Count { get; init; }

    /// <summary>The columns of a table; empty for arrays and pictures.</summary>
    public IReadOnlyList<Column> Columns { get; init; } = [];

    /// <summary>The items of arrays and pictures; null for a table.</summary>
    public ArrayData? Items { get; init; }

    /// <summary>The labels that came with arrays and pictures (a folder's name, a labels file), or null.</summary>
    public Column? Labels { get; init; }

    /// <summary>The path of each picture; null when examples are rows.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    public IReadOnlyList<Unreadable> Unreadable { get; init; } = [];

    /// <summary>Pictures that were read, but hold another format than their extension says (PES125).</summary>
    public IReadOnlyList<Unreadable> WrongExtensions { get; init; } = [];

    /// <summary>Pictures whose size differs from <see cref="Items"/>' and were resized to it.</summary>
    public IReadOnlyList<OddShape> OddShapes { get; init; } = [];

    /// <summary>What the reader decided by itself, one sentence each (delimiter, missing header, layout …).</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The row at which a given test set begins , or null.</summary>
    public int? TestStart { get; init; }

    /// <summary>The path of the given test set, when it came from another file.</summary>
    public string? TestSource { get; init; }

    /// <summary>How examples that may be seen in several ways are seen, and how to change it; null where there is no doubt.</summary>
    public string? Reading { get; init; }

    /// <summary>The same examples, seen as something else.</summary>
    internal RawData With(DataKind kind, ArrayData items, string note) => new()
    {
        Source = Source,
        Kind = kind,
        Format = Format,
        Count = Count,
        Columns = Columns,
        Items = items,
        Labels = Labels,
        Paths = Paths,
        Unreadable = Unreadable,
        WrongExtensions = WrongExtensions,
        OddShapes = OddShapes,
        Notes = [.. Notes, note],
        TestStart = TestStart,
        TestSource = TestSource,
    };

    /// <summary>Where an example came from.</summary>
    public RowPlace Place(int row)
    {
        if (Paths is not null) return new RowPlace(Paths[row], null);
        return row >= TestStart ? new RowPlace(TestSource ?? Source, row - TestStart.Value + 1) : new RowPlace(Source, row + 1);
    }

    /// <summary>An example's name for people: "row 17", "digits-test.csv row 17", or the picture's path.</summary>
    public string Id(int row)
    {
        var place = Place(row);
        if (place.Row is not { } number) return place.File;
        var words = number.ToString(CultureInfo.InvariantCulture);
        if (!(row >= TestStart)) return $"row {words}";
        return TestSource is null ? $"test row {words}" : $"{Path.GetFileName(TestSource)} row {words}";
    }
}
