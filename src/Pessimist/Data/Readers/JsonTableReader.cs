using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pessimist.Data.Readers;

/// <summary>
/// Reads a table from JSON: an array of objects (or of arrays), one object per line, or one object of equally long arrays. Objects and arrays inside a cell
/// become columns of their own: "size.width", "pixels_0".
/// </summary>
static class JsonTableReader
{
    /// <summary>A parsed document takes several times the file's size.</summary>
    const int BytesPerByte = 6;

    const int MostColumns = 1_000_000;
    static readonly JsonDocumentOptions _options = new() { MaxDepth = 32, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static RawData Read(string path, ReadOptions options)
    {
        Limits.CheckFits(new FileInfo(path).Length, BytesPerByte, path);
        using var stream = GzipFile.OpenRead(path);
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
        var table = new Rows(path);
        var first = NextLine(reader, out var lineNumber);
        if (first is not null && IsWhole(first) && (reader.Peek() >= 0 || !IsOneDocument(first)))
        {
            for (var line = first; line is not null; line = reader.ReadLine(), lineNumber++)
            {
                if ((lineNumber & 255) == 0) options.Cancellation.ThrowIfCancellationRequested();
                if (!string.IsNullOrWhiteSpace(line)) Parse(line, $"line {lineNumber}", path, document => table.Add(document));
            }

            return table.Build("JSON lines");
        }

        Parse(first + "\n" + reader.ReadToEnd(), "the document", path, root => Whole(root, table, path));
        return table.Build("JSON");
    }

    static void Whole(JsonElement root, Rows table, string path)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            foreach (var row in root.EnumerateArray()) table.Add(row);
        }
        else if (Columns(root) is { } length)
        {
            for (var i = 0; i < length; i++) table.AddAcross(root, i);
        }
        else if (root.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array && p.Value.GetArrayLength() > 0 && p.Value[0].ValueKind == JsonValueKind.Object).ToList() is [var only])
        {
            foreach (var row in only.Value.EnumerateArray()) table.Add(row);
        }
        else
        {
            throw new PessimistException($"{path} holds one JSON object that is no table", "give an array of objects, one object per line, or one object of equally long arrays");
        }
    }

    static int? Columns(JsonElement root)
    {
        int? length = null;
        foreach (var property in root.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Array) return null;
            if (length is not null && property.Value.GetArrayLength() != length) return null;
            length = property.Value.GetArrayLength();
        }

        return length;
    }

    static string? NextLine(StreamReader reader, out int number)
    {
        number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line)) return line;
        }

        return null;
    }

    /// <summary>An object that opens and closes on one line: JSON lines, unless it is the only one.</summary>
    static bool IsWhole(string line)
    {
        if (!line.AsSpan().TrimStart().StartsWith("{")) return false;
        try
        {
            using var document = JsonDocument.Parse(line, _options);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static bool IsOneDocument(string line)
    {
        using var document = JsonDocument.Parse(line, _options);
        return document.RootElement.EnumerateObject().Any(p => p.Value.ValueKind == JsonValueKind.Array);
    }

    static void Parse(string text, string where, string path, Action<JsonElement> use)
    {
        try
        {
            using var document = JsonDocument.Parse(text, _options);
            use(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new PessimistException($"{path}: {where} is no JSON: {e.Message}", "mend it, or write it again", e);
        }
    }

    /// <summary>Rows whose columns become known one by one.</summary>
    sealed class Rows(string path)
    {
        readonly Dictionary<string, ColumnBuilder> _byName = new(StringComparer.Ordinal);
        readonly List<ColumnBuilder> _columns = [];
        int _count;

        public void Add(JsonElement row)
        {
            if (row.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                throw new PessimistException($"{path}: row {_count + 1} is {row.ValueKind.ToString().ToLowerInvariant()}, where an object is expected", "give one object for each row");
            if (row.ValueKind == JsonValueKind.Object)
                foreach (var property in row.EnumerateObject()) Put(property.Name, property.Value);
            else
                PutArray("column", row, 1);
            EndRow();
        }

        public void AddAcross(JsonElement columns, int index)
        {
            foreach (var property in columns.EnumerateObject()) Put(property.Name, property.Value[index]);
            EndRow();
        }

        public RawData Build(string format) => new()
        {
            Source = path,
            Kind = DataKind.Table,
            Format = format,
            Count = _count,
            Columns = [.. _columns.Select(c => c.Build())],
        };

        void Put(string name, JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var property in value.EnumerateObject()) Put($"{name}.{property.Name}", property.Value);
                    return;
                case JsonValueKind.Array:
                    PutArray(name, value, 0);
                    return;
            }

            var column = Column(name);
            // A name that comes twice in one object: the first value counts.
            if (column.Count > _count) return;
            switch (value.ValueKind)
            {
                case JsonValueKind.Number:
                    column.Add(value.GetDouble());
                    break;
                case JsonValueKind.True or JsonValueKind.False:
                    column.Add(value.ValueKind == JsonValueKind.True ? 1 : 0);
                    break;
                default:
                    column.Add(value.ValueKind == JsonValueKind.String ? value.GetString() : null);
                    break;
            }
        }

        void PutArray(string name, JsonElement array, int first)
        {
            foreach (var element in array.EnumerateArray())
                Put(string.Create(CultureInfo.InvariantCulture, $"{name}_{first++}"), element);
        }

        ColumnBuilder Column(string name)
        {
            if (_byName.TryGetValue(name, out var column)) return column;
            if (_columns.Count == MostColumns) throw new PessimistException($"{path} has more than {MostColumns:N0} columns", "give rows that share their columns");
            _byName[name] = column = new ColumnBuilder(name);
            _columns.Add(column);
            Fill(column, _count);
            return column;
        }

        void EndRow()
        {
            _count++;
            // Cells, not file bytes, are what takes memory when every row brings columns of its own.
            Limits.CheckFits((long)_count * _columns.Count, sizeof(double), path);
            foreach (var column in _columns) Fill(column, _count);
        }

        static void Fill(ColumnBuilder column, int count)
        {
            while (column.Count < count) column.Add(double.NaN);
        }
    }
}
