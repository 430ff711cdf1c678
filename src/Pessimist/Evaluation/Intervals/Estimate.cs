namespace Pessimist.Evaluation;

/// <summary>A value with the interval it lies in at the stated confidence; NaN where nothing can be said.</summary>
public readonly record struct Estimate(double Value, double Low, double High)
{
    public static Estimate Unknown { get; } = new(double.NaN, double.NaN, double.NaN);

    /// <summary>True when the whole interval lies on one side of 0. False when it is unknown.</summary>
    public bool ExcludesZero => Low > 0 || High < 0;

    public bool Contains(double value) => Low <= value && value <= High;
}
