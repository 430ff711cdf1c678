using System.Globalization;
using Pessimist.Experiments;
using Pessimist.Observations;

namespace Pessimist.Engine.Python.Trials;

/// <summary>A program as it is and with something changed, from the same seeds: what one change does to the loss.</summary>
/// <param name="Before">Losses of the program as it is, one curve per seed.</param>
/// <param name="After">With the change, in the same order.</param>
/// <param name="Refused">Why the change could not be made; null when it was.</param>
sealed record Comparison(Recipe Recipe, IReadOnlyList<IReadOnlyList<double>> Before, IReadOnlyList<IReadOnlyList<double>> After, string? Refused)
{
    const int FewestSteps = 10;

    /// <summary>Part of the first loss by which the end must be lower: less may be luck.</summary>
    const double Gain = 0.2;

    /// <summary>Part of the first loss by which the changed program must come down.</summary>
    const double Fall = 0.1;

    public int Steps => Before.Concat(After).Min(c => c.Count) - 1;

    public bool IsEnough => Refused is null && Steps >= FewestSteps;

    /// <summary>With every seed the loss comes down where it did not before.</summary>
    public bool Helps => IsEnough && Before.Zip(After).All(c =>
    {
        // Only the very first: what goes wrong may do so with the first step.
        var start = c.First[0];
        double before = End(c.First), after = End(c.Second);
        return double.IsFinite(start) && double.IsFinite(after) && start - after > Fall * Math.Abs(start) && (!double.IsFinite(before) || before - after > Gain * Math.Abs(start));
    });

    /// <summary>For people, e.g. <c>with lr 0.001 the loss after 200 steps is 0.31 instead of 2.29 (0.30 instead of 2.30 with another seed)</c>.</summary>
    public string Words
    {
        get
        {
            if (Refused is not null) return $"{Recipe} cannot be had: {Refused}";
            if (!IsEnough) return $"the program takes {Steps} steps with {Recipe}: too few to compare";
            var pairs = Before.Zip(After).Select(c => $"{Text(End(c.Second))} instead of {Text(End(c.First))}").ToArray();
            var others = pairs.Length > 1 ? $" ({string.Join(", ", pairs.Skip(1))} with {(pairs.Length > 2 ? "other seeds" : "another seed")})" : "";
            return string.Create(CultureInfo.InvariantCulture, $"with {Recipe} the loss after {Steps} steps is {pairs[0]}{others}");
        }
    }

    public IReadOnlyList<Series> Curves => [new("as it is", Thin(Before[0])), new($"with {Recipe}", Thin(After[0]))];

    /// <summary>Its median over the last tenth of the common steps.</summary>
    double End(IReadOnlyList<double> losses)
    {
        var count = Math.Max(3, Steps / 10);
        double[] tail = [.. losses.Take(Steps + 1).TakeLast(count).Order()];
        return losses.Take(Steps + 1).All(double.IsFinite) ? tail[tail.Length / 2] : double.NaN;
    }

    static List<double> Thin(IReadOnlyList<double> y) => [.. y.Take(400)];

    static string Text(double value) => value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.##e0" : "0.####", CultureInfo.InvariantCulture);
}
