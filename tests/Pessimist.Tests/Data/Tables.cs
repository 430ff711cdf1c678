using Pessimist.Data;

namespace Pessimist.Tests.Data;

/// <summary>Builds tables without files.</summary>
static class Tables
{
    public static RawData Of(params Column[] columns) => new()
    {
        Source = "table.csv",
        Kind = DataKind.Table,
        Format = "text table",
        Count = columns[0].Count,
        Columns = columns,
    };

    public static RawData WithTestFrom(this RawData raw, int row) => new()
    {
        Source = raw.Source,
        Kind = raw.Kind,
        Format = raw.Format,
        Count = raw.Count,
        Columns = raw.Columns,
        TestStart = row,
    };

    public static NumberColumn Numbers(string name, params double[] values) => new(name, values);

    public static NumberColumn Numbers(string name, int count, Func<int, double> value) => new(name, [.. Enumerable.Range(0, count).Select(value)]);

    public static TextColumn Texts(string name, params string?[] values) => new(name, values);

    public static TextColumn Texts(string name, int count, Func<int, string?> value) => new(name, [.. Enumerable.Range(0, count).Select(value)]);

    /// <summary>Two noisy features and a class that follows the first.</summary>
    public static RawData Noisy(int count, int seed = 1, params Column[] more)
    {
        var random = new Random(seed);
        var x = Numbers("x", count, _ => random.NextDouble());
        return Of([x, Numbers("z", count, _ => random.NextDouble()), .. more, Texts("y", count, i => x.Values[i] + 0.3 * random.NextDouble() > 0.65 ? "high" : "low")]);
    }

    public static PreparedData Prepare(this RawData raw, string? target = "y", int seed = 0) =>
        PreparedData.From(raw, new PrepareOptions { Target = new TargetOptions { Target = target }, Split = new SplitOptions { Seed = seed } });
}
