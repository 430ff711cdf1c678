using Pessimist.Data;
using Pessimist.Data.Readers;

namespace Pessimist.Tests.Data.Readers;

public sealed class ParquetTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_numbers_text_dates_and_missing_values()
    {
        Assert.SkipUnless(DuckDb.IsAvailable, "libduckdb.so is not there (build/get-duckdb.sh fetches it)");
        var path = _folder.At("it's.parquet");
        using (var duck = new DuckDb())
        {
            using var _ = duck.Run($"COPY (SELECT i AS number, i / 2.0 AS half, CASE WHEN i = 3 THEN NULL ELSE 'a text longer than twelve ' || i END AS \"the \"\"name\"\"\", "
                + $"DATE '2024-01-01' + i::INTEGER AS day, i > 2 AS large FROM range(5) t(i)) TO '{path.Replace("'", "''", StringComparison.Ordinal)}' (FORMAT PARQUET)");
        }

        var data = DataReader.Read(path);

        data.Format.ShouldBe("Parquet");
        data.Columns.Select(c => c.Name).ShouldBe(["number", "half", "the \"name\"", "day", "large"]);
        data.Columns.Select(c => c.Show(4)).ShouldBe(["4", "2", "a text longer than twelve 4", "2024-01-05", "1"]);
        data.Columns[2].IsMissing(3).ShouldBeTrue();
    }

    [Fact]
    public void A_damaged_file_is_refused_without_a_crash()
    {
        var path = _folder.Write("bad.parquet", [.. "PAR1"u8, .. new byte[64], .. "PAR1"u8]);

        Should.Throw<PessimistException>(() => DataReader.Read(path)).Message.ShouldContain("bad.parquet");
    }
}
