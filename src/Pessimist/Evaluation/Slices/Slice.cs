namespace Pessimist.Evaluation.Slices;

/// <summary>A part of the data in which a model does worse than elsewhere. The numbers are those of the half on which it was confirmed.</summary>
/// <param name="Where">In words, e.g. <c>age &gt; 60 and city = Bern</c>.</param>
/// <param name="Count">Examples in the slice, both halves.</param>
/// <param name="Error">Mean loss in the slice, with its 95 % interval.</param>
/// <param name="Rest">Mean loss outside of it.</param>
/// <param name="P">One-sided p-value, after Benjamini-Hochberg over all that were to be confirmed.</param>
/// <param name="Excess">How much further the loss lies above what the model expects of itself than elsewhere; null where it expects nothing.</param>
/// <param name="ExcessP">One-sided p-value of that, adjusted likewise.</param>
public sealed record Slice(string Where, int Count, Estimate Error, double Rest, double P, double? Excess, double? ExcessP);

/// <param name="Candidates">Slices that were looked at.</param>
/// <param name="Found">Worst first, without those that say nearly the same as a worse one.</param>
public sealed record SliceSearch(int Examples, int Columns, int Candidates, IReadOnlyList<Slice> Found);
