namespace Pessimist.Data.Profiling;

/// <summary>What stands in a column.</summary>
public enum ColumnKind
{
    Number,
    Text,

    /// <summary>A colour channel of pictures.</summary>
    Channel,

    /// <summary>A feature of arrays.</summary>
    Feature,
}

/// <summary>One cell: where it is and what it holds. <paramref name="Row"/> counts from 1 behind the header; null for pictures.</summary>
public sealed record CellFact(string Id, int? Row, string Value);

/// <summary>A value and how often it stands in a column.</summary>
public sealed record ValueCount(string Value, int Count);

/// <summary>
/// Values in two clusters of different magnitude, as centimetres among inches: the ratio of their medians and their shares.
/// Only a hint: a mixture of two kinds of things looks the same.
/// </summary>
public sealed record TwoScales(double Ratio, double LowerMedian, double UpperMedian, double LowerShare, IReadOnlyList<CellFact> FewerSide);

/// <summary>What one column, channel or feature holds. Numbers are over its finite values; NaN when there are none or it holds text.</summary>
public sealed record ColumnFacts
{
    public required string Name { get; init; }

    public required ColumnKind Kind { get; init; }

    public bool IsTarget { get; init; }

    /// <summary>Cells, missing ones included.</summary>
    public required long Count { get; init; }

    /// <summary>Blank or NaN; text in a column of numbers is counted in <see cref="NotNumbers"/> only.</summary>
    public long Missing { get; init; }

    public IReadOnlyList<CellFact> MissingCells { get; init; } = [];

    /// <summary>The p value of the target's independence from the cells' absence (chi-square or Welch), or null where there is too little to test.</summary>
    public double? MissingTargetP { get; init; }

    public long Infinite { get; init; }

    public IReadOnlyList<CellFact> InfiniteCells { get; init; } = [];

    /// <summary>Cells of a column of numbers that hold text.</summary>
    public int NotNumbers { get; init; }

    public IReadOnlyList<CellFact> NotNumberCells { get; init; } = [];

    public double Min { get; init; } = double.NaN;

    public double Max { get; init; } = double.NaN;

    public double Mean { get; init; } = double.NaN;

    /// <summary>Population standard deviation.</summary>
    public double Std { get; init; } = double.NaN;

    public double Median { get; init; } = double.NaN;

    /// <summary>Distinct values, or null where they were not counted (float channels).</summary>
    public int? Distinct { get; init; }

    /// <summary>The share of zeros among all cells.</summary>
    public double Zeros { get; init; }

    /// <summary>All values are whole numbers.</summary>
    public bool IsWhole { get; init; }

    /// <summary>One value everywhere (missing cells aside), and at least two cells hold it.</summary>
    public bool IsConstant { get; init; }

    /// <summary>The most frequent values of text, or of numbers with few distinct values.</summary>
    public IReadOnlyList<ValueCount> Frequent { get; init; } = [];

    /// <summary>Values that lie more than five times the range of all others away from them.</summary>
    public int Outliers { get; init; }

    public IReadOnlyList<CellFact> OutlierCells { get; init; } = [];

    public TwoScales? TwoScales { get; init; }
}
