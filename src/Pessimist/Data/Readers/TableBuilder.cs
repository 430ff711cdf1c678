using System.Globalization;

namespace Pessimist.Data.Readers;

/// <summary>Collects the rows of a table whose width is known.</summary>
sealed class TableBuilder(string path, string[] names, bool hasNames)
{
    public ColumnBuilder[] Columns { get; } = Array.ConvertAll(names, n => new ColumnBuilder(n));

    public int Count { get; private set; }

    /// <summary>Counts a row and refuses one of another width.</summary>
    public void BeginRow(int width, long line)
    {
        Count++;
        if (width != Columns.Length)
            throw new PessimistException(
                string.Create(CultureInfo.InvariantCulture, $"{path}: row {Count} (line {line}) has {width} {(width == 1 ? "field" : "fields")}, {(hasNames ? "the header" : "row 1")} has {Columns.Length}"),
                "mend the row, or quote fields that hold the delimiter");
    }

    public RawData Build(string format, IReadOnlyList<string> notes)
    {
        var columns = Array.ConvertAll(Columns, c => c.Build());
        foreach (var column in columns)
        {
            if (column is not TextColumn text) continue;
            for (var row = 0; row < text.Count; row++)
                if (text.Values[row]?.Contains('\0', StringComparison.Ordinal) == true)
                    throw new PessimistException($"{path}: row {row + 1}, column '{text.Name}' holds binary data (a NUL character)", "fetch or make the file again");
        }

        return new RawData { Source = path, Kind = DataKind.Table, Format = format, Count = Count, Columns = columns, Notes = notes };
    }
}
