namespace Pessimist.Evaluation;

/// <summary>Whether labels belong to the inputs beside them.</summary>
public enum LabelVerdict
{
    /// <summary>They depend on the inputs: nothing wrong with the pairing as a whole.</summary>
    Depends,

    /// <summary>Each label stands some rows away from the inputs it belongs to.</summary>
    ShiftedBy,

    /// <summary>In one stretch of rows labels do not depend on the inputs, elsewhere they do.</summary>
    PartlyBlock,

    /// <summary>Two different tests see no dependence although they could have seen a weak one.</summary>
    Independent,

    /// <summary>No dependence was seen, but there are too few rows to have seen a weak one.</summary>
    NotEnoughEvidence,
}

/// <summary>A stretch of rows, by position from 0, both ends included.</summary>
public readonly record struct RowRange(int First, int Last);

/// <summary>Agreement of one stretch of rows with their neighbours, and what to expect there with and without dependence.</summary>
public sealed record BlockAgreement(RowRange Rows, double Agreement, double Expected, double NullMean, bool IsIndependent);

/// <summary>The result of <see cref="LabelDependenceTest"/>.</summary>
public sealed record LabelDependence
{
    public required LabelVerdict Verdict { get; init; }

    /// <summary>
    /// Mean similarity of a row's label to its neighbours' labels: the share that is equal for classes; 1 - |difference of ranks| (ranks scaled to
    /// 0..1) for numbers.
    /// </summary>
    public required double Agreement { get; init; }

    /// <summary>Mean agreement when labels are permuted.</summary>
    public required double NullMean { get; init; }

    /// <summary>The highest agreement among the permutations.</summary>
    public required double NullHigh { get; init; }

    /// <summary>Two-sided permutation p-value of the agreement, never 0.</summary>
    public required double P { get; init; }

    /// <summary>Permutation p-value of the second test (<see cref="FeatureAssociation"/>); null when the first one settled it.</summary>
    public double? AssociationP { get; init; }

    /// <summary>
    /// For ShiftedBy, and for PartlyBlock where a shift explains the block: the inputs of row i belong to the label of row i + Shift. +1: every
    /// label stands one row below its inputs.
    /// </summary>
    public int? Shift { get; init; }

    /// <summary>The rows concerned, for PartlyBlock; exact to a block.</summary>
    public RowRange? Range { get; init; }

    /// <summary>Agreement with labels moved by s rows, for s = -MaxShift .. MaxShift.</summary>
    public IReadOnlyList<double> ShiftScan { get; init; } = [];

    /// <summary>Agreement along the rows; empty when there are too few rows or no overall dependence.</summary>
    public IReadOnlyList<BlockAgreement> Blocks { get; init; } = [];

    /// <summary>Rows looked at.</summary>
    public required int Rows { get; init; }

    /// <summary>The verdict and its evidence in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Agreement on a scale from 0 (labels at random) to 1 (neighbours always agree); negative when they agree less than at random.</summary>
    public double Excess => NullMean < 1 ? (Agreement - NullMean) / (1 - NullMean) : 0;

    /// <summary>
    /// The share of labels that was shuffled, given the excess of the same data when clean: agreement needs both ends of a pair intact, so it
    /// falls with (1 - share)².
    /// </summary>
    public double ShuffledShare(double cleanExcess) => cleanExcess > 0 ? 1 - Math.Sqrt(Math.Clamp(Excess / cleanExcess, 0, 1)) : double.NaN;
}
