using System.Globalization;
using Pessimist.Torch;

namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>Another epsilon, another variance, other groups.</summary>
public sealed class NormFormula : IReason
{
    public string Name => "normalization-formula";

    public ConfirmedReason? Confirm(Difference difference)
    {
        if (difference.Type?.Contains("Norm", StringComparison.Ordinal) == false) return null;
        foreach (var (path, input) in difference.Inputs)
        {
            if (!input.DType.IsFloatingPoint() || input.Rank < 2 || !input.Shape.AsSpan().SequenceEqual(difference.A.Output.Shape)) continue;
            if (Fitting(difference, input, difference.A) is not { } first || Fitting(difference, input, difference.B) is not { } second || first == second) continue;
            return new ConfirmedReason(Name, $"{difference.Path} normalizes with {first} in {difference.A.Name}, and with {second} in {difference.B.Name}",
                $"both were computed from {path}, and agree", "take the same formula and the same epsilon in both");
        }

        return null;
    }

    /// <summary>The formula in words; all epsilons that cannot be told apart are one.</summary>
    static string? Fitting(Difference difference, Tensor input, DifferingSide side)
    {
        // Parameters of the other side serve where this one's were not recorded: that they are the same is shown by the result.
        var own = side.Own.Count > 0 ? side.Own : side == difference.A ? difference.B.Own : difference.A.Own;
        foreach (var (name, compute) in NormFormulas.Variants(input, own))
        {
            double[] epsilons = [.. NormFormulas.Epsilons.Where(e => Difference.Try(() => compute(e)) is { } given && difference.Gives(given, side.Output))];
            if (epsilons.Length > 0) return $"{name}{(epsilons.Length > 1 ? "epsilon of at most " : "epsilon ")}{epsilons.Max().ToString("0.###e0", CultureInfo.InvariantCulture)}";
        }

        return null;
    }
}
