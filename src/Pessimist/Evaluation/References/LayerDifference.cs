namespace Pessimist.Evaluation.References;

/// <summary>One layer's values in two implementations that should agree.</summary>
/// <param name="Name">Path of the module, or of the parameter.</param>
/// <param name="MaxDifference">Largest absolute difference; NaN when the shapes differ or only one of them is finite.</param>
/// <param name="Tolerance">What rounding may do.</param>
/// <param name="Note">Why they cannot be compared; empty when they can.</param>
public sealed record LayerDifference(string Name, double MaxDifference, double Tolerance, string Note = "")
{
    public bool Differs => !(MaxDifference <= Tolerance);

    /// <summary>Compares the values of one layer for the same input and the same weights.</summary>
    /// <param name="relative">Of the largest absolute value of the reference: 1e-4 is well above what float32 rounds away in a deep network, and
    /// well below what another formula makes.</param>
    public static LayerDifference Of(string name, ReadOnlySpan<float> own, ReadOnlySpan<float> reference, double relative = 1e-4)
    {
        if (own.Length != reference.Length) return new LayerDifference(name, double.NaN, 0, $"{own.Length} values against {reference.Length}");
        double scale = 0, worst = 0;
        for (var i = 0; i < own.Length; i++)
        {
            // The same infinity, or NaN in both, is agreement.
            if (own[i].Equals(reference[i])) continue;
            var difference = Math.Abs((double)own[i] - reference[i]);
            if (!double.IsFinite(difference)) return new LayerDifference(name, double.NaN, 0, $"value {i} is {own[i]} against {reference[i]}");
            worst = Math.Max(worst, difference);
        }

        foreach (var value in reference)
            if (float.IsFinite(value)) scale = Math.Max(scale, Math.Abs(value));
        return new LayerDifference(name, worst, relative * scale + 1e-7);
    }
}
