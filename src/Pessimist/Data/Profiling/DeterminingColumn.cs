namespace Pessimist.Data.Profiling;

/// <summary>
/// One input from which the target follows. Strong honest features exist (a petal's width tells one iris from the others), so judge by
/// <see cref="OneToOne"/> and <see cref="Distinct"/> as well, and confirm by leaving the column out.
/// </summary>
/// <param name="Column">The column of the file, or the pixel.</param>
/// <param name="Score">Accuracy on rows held out of value -> class learnt on training rows, or R² of a line fitted on them.</param>
/// <param name="Baseline">What the majority class reaches on the same rows; 0 for regression.</param>
/// <param name="OneToOne">Each value has one target and each target one value, in all rows: a renamed target.</param>
/// <param name="Distinct">Distinct values of the column.</param>
/// <param name="HeldOut">The rows the score was measured on.</param>
/// <param name="RunnerUp">The best score of any other column: a leak stands alone.</param>
public sealed record DeterminingColumn(string Column, double Score, double Baseline, bool OneToOne, int Distinct, int HeldOut, double RunnerUp);
