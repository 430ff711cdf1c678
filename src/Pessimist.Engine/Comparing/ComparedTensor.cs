namespace Pessimist.Engine.Comparing;

public enum Agreement
{
    /// <summary>Every bit is the same.</summary>
    Identical,

    /// <summary>As far apart as rounding explains.</summary>
    WithinRounding,

    Differs,
}

/// <summary>One layer's output, or one weight, in both implementations.</summary>
/// <param name="Path">In the first implementation.</param>
/// <param name="OtherPath">In the second; the same when they were paired by name.</param>
/// <param name="Tolerance">What rounding may do, as a share of the scale.</param>
/// <param name="Note">Why they cannot be subtracted, or what a difference of weights is; may be empty.</param>
public sealed record ComparedTensor(string Path, string OtherPath, IReadOnlyList<long> Shape, Closeness Closeness, double Tolerance, string Note = "")
{
    /// <summary>What stands before and behind this is not compared again.</summary>
    public bool IsContainer { get; init; }

    public Agreement Verdict => Closeness.Identical ? Agreement.Identical : Closeness.Within(Tolerance) ? Agreement.WithinRounding : Agreement.Differs;

    public bool Differs => Verdict == Agreement.Differs;
}
