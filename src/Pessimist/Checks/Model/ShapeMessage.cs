using System.Globalization;
using System.Text.RegularExpressions;
using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>The shapes that a message of the framework names, in its order.</summary>
static partial class ShapeMessage
{
    const int LongestMessage = 4000;

    /// <summary>Lists in brackets or parentheses, or joined by x: <c>[64, 28]</c>, <c>(1, 28)</c>, <c>64x28</c>, <c>3 x 3</c>.</summary>
    public static IReadOnlyList<long[]> Shapes(string message) =>
        [.. Pattern().Matches(message.Length <= LongestMessage ? message : message[..LongestMessage]).Take(16).Select(m => Numbers(m.Value))];

    /// <summary>Every whole number, in order.</summary>
    public static long[] Numbers(string text) =>
        [.. Number().Matches(text.Length <= LongestMessage ? text : text[..LongestMessage]).Take(64)
            .Select(m => long.TryParse(m.Value, CultureInfo.InvariantCulture, out var n) ? n : 0)];

    /// <summary>Prediction and target, when the exception is a loss's.</summary>
    public static (IReadOnlyList<long> Prediction, IReadOnlyList<long> Target)? LossPair(ExceptionRaised crash)
    {
        var shapes = Shapes(crash.Message);
        var operation = Signals.OperationNames.Canonical(crash.Operation ?? "");
        var isLoss = operation.Contains("loss", StringComparison.Ordinal) || operation.Contains("cross_entropy", StringComparison.Ordinal) || operation == "kl_div";
        if (isLoss && crash.Inputs.Count >= 2) return (crash.Inputs[0].Shape, crash.Inputs[1].Shape);
        if (shapes.Count < 2) return null;
        if (crash.Message.Contains("arget size", StringComparison.Ordinal)) return (shapes[1], shapes[0]);
        return crash.Message.Contains("compares a prediction of shape", StringComparison.Ordinal) ? (shapes[0], shapes[1])
            : crash.Message.Contains("takes class ids of shape", StringComparison.Ordinal) && shapes.Count > 2 ? (shapes[0], shapes[2]) : null;
    }

    [GeneratedRegex(@"\[[-0-9, ]*\]|\([0-9, ]+\)|[0-9]+( ?x ?[0-9]+)+", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"-?[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
