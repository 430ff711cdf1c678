using System.Globalization;

namespace Pessimist.Reporting;

/// <summary>Numbers as people read them, the same in every culture.</summary>
public static class Numbers
{
    internal static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    static readonly HashSet<string> _shares = new(StringComparer.OrdinalIgnoreCase)
    {
        "accuracy", "balanced-accuracy", "error", "error-rate", "balanced-error", "f1", "macro-f1", "precision", "recall",
    };

    /// <summary>Metrics from 0 to 1 that are shown as percentages.</summary>
    public static bool IsShare(string metric) => _shares.Contains(metric.Trim().Replace(' ', '-').Replace('_', '-'));

    /// <summary>Four significant digits: 0.3062, 12.5, 1,797, 4.4e-06.</summary>
    public static string Show(double value)
    {
        if (!double.IsFinite(value)) return double.IsNaN(value) ? "NaN" : value > 0 ? "infinite" : "-infinite";
        if (value == 0) return "0";
        var size = Math.Abs(value);
        if (size is < 1e-4 or >= 1e7) return value.ToString("0.0##e+00", Culture);
        return size >= 1000 ? value.ToString("#,0", Culture) : decimal.Parse(value.ToString("G4", Culture), NumberStyles.Float, Culture).ToString(Culture);
    }

    /// <summary>How many characters a whole number takes.</summary>
    internal static int Digits(int value) => value.ToString(Culture).Length;

    public static string Count(long value) => value.ToString("#,0", Culture);

    public static string Percent(double share) => double.IsFinite(share) ? (share * 100).ToString("0.0", Culture) + " %" : Show(share);

    public static string Metric(string metric, double value) => IsShare(metric) ? Percent(value) : Show(value);

    /// <summary>[96.0, 98.9]; empty when no interval was measured.</summary>
    public static string Interval(string metric, double low, double high) =>
        low == 0 && high == 0 ? "" : IsShare(metric)
            ? string.Create(Culture, $"[{low * 100:0.0}, {high * 100:0.0}]")
            : $"[{Show(low)}, {Show(high)}]";

    public static string Seconds(double seconds) => !double.IsFinite(seconds) || seconds < 0 ? ""
        : seconds < 60 ? string.Create(Culture, $"{seconds:0.0} s")
        : seconds < 3600 ? string.Create(Culture, $"{(int)seconds / 60} min {(int)seconds % 60} s")
        : string.Create(Culture, $"{Math.Floor(seconds / 3600):0} h {(long)seconds % 3600 / 60} min");

    public static string Plural(int count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";
}
