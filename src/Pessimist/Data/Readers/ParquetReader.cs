using System.Globalization;

namespace Pessimist.Data.Readers;

/// <summary>Reads Parquet through DuckDB, when it is there.</summary>
static class ParquetReader
{
    public static RawData Read(string path, ReadOptions options)
    {
        if (!DuckDb.IsAvailable)
            throw new PessimistException($"{path} is a Parquet file, which is read by DuckDB, and no libduckdb.so was found",
                "run build/get-duckdb.sh (it needs npm), set PESSIMIST_DUCKDB to a libduckdb.so, or save the table as CSV");
        using var duck = new DuckDb();
        try
        {
            return Read(duck, path, options);
        }
        catch (PessimistException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new PessimistException($"{path} cannot be read: {e.Message}", "fetch or write the file again", e);
        }
    }

    static RawData Read(DuckDb duck, string path, ReadOptions options)
    {
        var source = $"read_parquet('{path.Replace("'", "''", StringComparison.Ordinal)}')";
        List<(string Name, bool IsNumber)> columns = [];
        List<string> notes = [];
        using (var description = duck.Run($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source})"))
        {
            while (description.Next() is { } chunk)
            {
                using var _ = chunk;
                List<string> names = [], types = [];
                chunk.Texts(0, t => names.Add(t ?? ""));
                chunk.Texts(1, t => types.Add(t ?? ""));
                for (var i = 0; i < names.Count; i++)
                {
                    columns.Add((names[i], IsNumber(types[i])));
                    if (types[i].Contains('[', StringComparison.Ordinal) || types[i].StartsWith("STRUCT", StringComparison.Ordinal) || types[i].StartsWith("MAP", StringComparison.Ordinal))
                        notes.Add($"column '{names[i]}' holds {types[i]} and is read as text");
                }
            }
        }

        long rows = 0;
        using (var count = duck.Run($"SELECT count(*)::DOUBLE FROM {source}"))
        {
            using var chunk = count.Next();
            chunk?.Numbers(0, n => rows = (long)n);
        }

        Limits.CheckFits(checked(rows * columns.Count), sizeof(double), path);
        var builders = columns.ConvertAll(c => new ColumnBuilder(c.Name));
        var selected = string.Join(", ", columns.Select(c => $"CAST(\"{c.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" AS {(c.IsNumber ? "DOUBLE" : "VARCHAR")})"));
        using (var result = duck.Run($"SELECT {selected} FROM {source}"))
        {
            while (result.Next() is { } chunk)
            {
                using var _ = chunk;
                options.Cancellation.ThrowIfCancellationRequested();
                for (var c = 0; c < builders.Count; c++)
                {
                    if (columns[c].IsNumber) chunk.Numbers(c, builders[c].Add);
                    else chunk.Texts(c, builders[c].Add);
                }
            }
        }

        return new RawData
        {
            Source = path,
            Kind = DataKind.Table,
            Format = "Parquet",
            Count = (int)rows,
            Columns = builders.ConvertAll(b => b.Build()),
            Notes = notes,
        };
    }

    static bool IsNumber(string type) => type.ToUpper(CultureInfo.InvariantCulture) is var t
        && (t is "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "UBIGINT" or "UHUGEINT" or "FLOAT" or "DOUBLE" or "BOOLEAN"
            || t.StartsWith("DECIMAL", StringComparison.Ordinal)) && !t.Contains('[', StringComparison.Ordinal);
}
