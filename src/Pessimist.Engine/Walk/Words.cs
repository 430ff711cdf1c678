using System.Globalization;
using Pessimist.Data;

namespace Pessimist.Engine.Walk;

/// <summary>Numbers and names as a person reads them.</summary>
static class Words
{
    public static string Percent(double share) =>
        double.IsNaN(share) ? "unknown" : (100 * share).ToString(Math.Abs(share) is > 0 and < 0.01 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " %";

    public static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    public static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => Count(bytes, "byte"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.#} GiB"),
    };

    public static string Shape(IEnumerable<int> shape) => "[" + string.Join(", ", shape) + "]";

    public static string Name(this TaskKind task) => task switch
    {
        TaskKind.Binary => "binary",
        TaskKind.MultiClass => "multi-class",
        TaskKind.MultiLabel => "multi-label",
        _ => "regression",
    };

    /// <summary>A metric in its own unit: shares as percent.</summary>
    public static string Value(bool share, double value) => share ? Percent(value) : Number(value);
}
