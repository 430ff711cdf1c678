using System.Globalization;
using System.Text.RegularExpressions;
using Pessimist.Text;

namespace Pessimist.Engine.Stepping;

/// <summary>What to stop at: <c>nonfinite</c>, <c>failed</c>, <c>backward</c>, <c>op=softmax</c>, <c>layer=conv2</c>, <c>shape=32,10</c>, <c>dtype=float64</c>, <c>max&gt;100</c>.</summary>
public sealed partial class StepCondition
{
    static readonly string[] Words = ["nonfinite", "failed", "forward", "loss", "backward", "op=", "layer=", "shape=", "dtype=", "min>", "mean>", "max>", "std>", "zeros>"];

    readonly Func<StepNode, bool> _holds;

    StepCondition(string text, Func<StepNode, bool> holds) => (Text, _holds) = (text, holds);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    public bool Holds(StepNode node) => _holds(node);

    /// <exception cref="PessimistException">It is none.</exception>
    public static StepCondition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        Func<StepNode, bool>? holds = text switch
        {
            "nonfinite" => n => !n.IsModule && n.Outputs.Any(o => o.Facts.NonFinite > 0),
            "failed" => n => n.Error is not null,
            "forward" or "loss" or "backward" => n => StepText.Phase(n) == text,
            _ => null,
        };
        if (holds is not null) return new(text, holds);
        var match = Pattern().Match(text);
        var value = match.Groups["value"].Value.Trim();
        holds = match.Groups["name"].Value switch
        {
            "op" when match.Groups["is"].Value == "=" => n => !n.IsModule && Same(n.Name.TrimEnd('_'), value.TrimEnd('_')),
            "layer" when match.Groups["is"].Value == "=" => n => n.IsModule && (n.Layer == value || Same(n.Name, value)),
            "dtype" when match.Groups["is"].Value == "=" => n => !n.IsModule && n.Outputs.Any(o => Same(o.Facts.DType, value)),
            "shape" when match.Groups["is"].Value == "=" => OfShape(value),
            "min" or "mean" or "max" or "std" or "zeros" when match.Groups["is"].Value != "=" => OfNumber(match.Groups["name"].Value, match.Groups["is"].Value == ">", value),
            _ => null,
        };
        return new(text, holds ?? throw new PessimistException($"'{text}' is no condition{DidYouMean.Suffix(text, Words)}",
            "use nonfinite, failed, backward, op=softmax, layer=conv2, shape=32,10 (* for any size), dtype=float64, or max>100 (also min, mean, std, zeros in percent; also <)"));
    }

    /// <summary>What to say when it never holds: the names there are, where a name was asked for.</summary>
    public string Missed(IEnumerable<StepNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var match = Pattern().Match(Text);
        if (!match.Success) return $"'{Text}' never holds";
        string[] names = match.Groups["name"].Value switch
        {
            "op" => [.. nodes.Where(n => !n.IsModule).Select(n => n.Name).Distinct()],
            "layer" => [.. nodes.Where(n => n.IsModule && n.Layer.Length > 0).Select(n => n.Layer).Distinct()],
            _ => [],
        };
        return names.Length == 0 ? $"'{Text}' never holds" : $"'{Text}' never holds{DidYouMean.Suffix(match.Groups["value"].Value, names)}; there are {DidYouMean.List(names)}";
    }

    static Func<StepNode, bool>? OfShape(string text)
    {
        var parts = text.Trim('[', ']').Split([',', 'x'], StringSplitOptions.TrimEntries);
        var sizes = new long?[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is "*" or "?") continue;
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var size)) return null;
            sizes[i] = size;
        }

        return n => !n.IsModule && n.Outputs.Any(o => o.Facts.Shape.Count == sizes.Length && sizes.Index().All(s => s.Item is null || s.Item == o.Facts.Shape[s.Index]));
    }

    static Func<StepNode, bool>? OfNumber(string name, bool above, string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var limit) || double.IsNaN(limit)) return null;
        return n => !n.IsModule && n.Outputs.Any(o => (name switch
        {
            "min" => o.Facts.Min,
            "mean" => o.Facts.Mean,
            "max" => o.Facts.Max,
            "std" => o.Facts.Std,
            _ => 100 * o.Facts.Zeros,
        }) is { } value && (above ? value > limit : value < limit));
    }

    static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^(?<name>[a-z]+)\s*(?<is>[=<>])\s*(?<value>\S.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
