namespace Pessimist.Evaluation;

/// <summary>What can be said of one term of a decomposition.</summary>
public enum GapVerdict
{
    /// <summary>Above 0 beyond chance, and large enough to matter.</summary>
    Real,

    /// <summary>It may be 0 and it may matter: too few examples to tell.</summary>
    NoEvidence,

    /// <summary>Too small to matter, whether or not it is above 0.</summary>
    Negligible,
}

/// <summary>One term of a decomposition, with its simultaneous interval.</summary>
/// <param name="Term">avoidable-bias, variance, distribution-shift or validation-overfitting.</param>
/// <param name="Value">The difference, never clamped: it may be negative.</param>
/// <param name="Low">Lower end of the interval the verdict reads.</param>
/// <param name="High">Upper end.</param>
/// <param name="Verdict">Real only when the interval lies above 0 and the value reaches the floor.</param>
/// <param name="Detectable">The smallest gap these examples would have shown with 80 % power, at the same level.</param>
/// <param name="Sentence">The finding in one sentence.</param>
public sealed record Gap(string Term, double Value, double Low, double High, GapVerdict Verdict, double Detectable, string Sentence)
{
    /// <summary>True when the later split is better than the earlier one beyond chance: not a term of that name, but worth explaining.</summary>
    public bool IsReversed => High < 0;

    internal static GapVerdict Judge(Estimate gap, double floor) =>
        gap.High < floor ? GapVerdict.Negligible
        : gap.Low > 0 ? gap.Value >= floor ? GapVerdict.Real : GapVerdict.Negligible
        : GapVerdict.NoEvidence;
}
