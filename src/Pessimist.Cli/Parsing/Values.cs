using System.Globalization;
using System.Text.RegularExpressions;
using Pessimist.Text;

namespace Pessimist.Cli.Parsing;

/// <summary>Strict readers of option values. Each throws a <see cref="PessimistException"/> that names the value and what was expected.</summary>
static partial class Values
{
    public static readonly TimeSpan LongestBudget = TimeSpan.FromDays(30);

    const int MostNumbers = 1 << 24;

    /// <summary>A finite number, in the invariant culture.</summary>
    /// <param name="fits">The range.</param>
    /// <param name="expected">The range in words, as <c>a number above 0, such as 3e-4</c>.</param>
    public static double Number(string text, Predicate<double> fits, string expected) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && fits(value)
            ? value
            : throw Unexpected(text, expected);

    public static int Whole(string text, int least, string expected) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least
            ? value
            : throw Unexpected(text, expected);

    /// <summary>An error: <c>0.02</c> or <c>2%</c>, not negative.</summary>
    public static double Error(string text)
    {
        const string Expected = "an error of at least 0, such as 0.02 or 2%";
        return text.EndsWith('%')
            ? Number(text[..^1].TrimEnd(), v => v is >= 0 and <= 100, "a percentage from 0% to 100%, such as 2%") / 100
            : Number(text, v => v >= 0, Expected);
    }

    /// <summary><c>90s</c>, <c>5m</c>, <c>1h30m</c>.</summary>
    public static TimeSpan Duration(string text)
    {
        const string Expected = "a time with its unit, such as 90s, 5m or 1h30m";
        var match = DurationPattern().Match(text);
        if (!match.Success || text.Length == 0) throw Unexpected(text, Expected);
        var seconds = Part("h") * 3600 + Part("m") * 60 + Part("s");
        if (seconds <= 0) throw Unexpected(text, "a time above zero, such as 90s, 5m or 1h30m");
        if (seconds > LongestBudget.TotalSeconds) throw Unexpected(text, "a time of at most 720h (30 days)");
        return TimeSpan.FromSeconds(seconds);

        double Part(string unit) => match.Groups[unit] is { Success: true } group ? double.Parse(group.Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>One of a few words.</summary>
    public static T Choice<T>(string text, IReadOnlyList<(string Word, T Value)> choices)
    {
        foreach (var (word, value) in choices)
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
        throw new PessimistException($"'{text}' is not one of {string.Join(", ", choices.Select(c => c.Word))}{DidYouMean.Suffix(text, choices.Select(c => c.Word))}");
    }

    /// <summary><c>cpu</c>, <c>cuda</c>, <c>cuda:1</c> or <c>auto</c>.</summary>
    public static string Device(string text) =>
        DevicePattern().IsMatch(text) ? text : throw Unexpected(text, "cpu, cuda, cuda:N or auto");

    /// <summary>One to three sizes between <c>x</c>.</summary>
    public static int[] Shape(string text)
    {
        var parts = text.Split('x', 'X');
        var sizes = parts.Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : 0).ToArray();
        if (sizes.Length is 0 or > 3 || sizes.Contains(0)) throw Unexpected(text, "one to three sizes such as 20, 100x8 or 3x32x32");
        if (sizes.Aggregate(1L, (product, size) => Math.Min(product * size, int.MaxValue)) > MostNumbers) throw Unexpected(text, "a shape of at most 16777216 numbers");
        return sizes;
    }

    public static PessimistException Unexpected(string text, string expected) => new($"'{text}' is not {expected}");

    [GeneratedRegex(@"^((?<h>\d{1,6}(\.\d+)?)h)?((?<m>\d{1,8}(\.\d+)?)m)?((?<s>\d{1,9}(\.\d+)?)s)?$", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"^(auto|cpu|cuda(:\d{1,3})?)$", RegexOptions.CultureInvariant)]
    private static partial Regex DevicePattern();
}
