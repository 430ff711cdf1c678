namespace Pessimist.Data.Profiling;

/// <summary>
/// The facts that data checks judge: measured, not judged. Plain records, so that a run can keep them. Rows are named as a person counts them
/// (<see cref="RowPlace"/>); lists of examples hold the first few, the counts beside them hold all.
/// </summary>
public sealed record DataProfile
{
    public required string Source { get; init; }

    public required string Format { get; init; }

    public required DataKind Kind { get; init; }

    /// <summary>A run keeps its profile as one line: 10^5 columns would make it 40 MB.</summary>
    public const int MostColumns = 2000;

    /// <summary>Examples read, those of a given test set included.</summary>
    public required int Count { get; init; }

    /// <summary>The shape of one example as the network receives it.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    /// <summary>
    /// Each column of a table (targets included), each channel of pictures, each feature of other arrays, in their order. Of very wide
    /// tables only <see cref="MostColumns"/> are kept, those with something unusual first.
    /// </summary>
    public required IReadOnlyList<ColumnFacts> Columns { get; init; }

    /// <summary>All columns, those not kept in <see cref="Columns"/> included.</summary>
    public int ColumnCount { get; init; }

    public required TargetFacts Target { get; init; }

    /// <summary>All inputs together, unscaled; null for tables, whose columns have units of their own, unless the columns are pixels.</summary>
    public ScaleFacts? Scale { get; init; }

    public required NormalizationCheck Normalized { get; init; }

    public required DuplicateFacts Duplicates { get; init; }

    /// <summary>Single inputs from which the target can be told almost without error on rows held out, best first.</summary>
    public required IReadOnlyList<DeterminingColumn> Determining { get; init; }

    /// <summary>Columns kept from the network, with the reason.</summary>
    public required IReadOnlyList<DroppedColumn> Dropped { get; init; }

    public required IReadOnlyList<Unreadable> Unreadable { get; init; }

    public required IReadOnlyList<Unreadable> WrongExtensions { get; init; }

    public required IReadOnlyList<OddShape> OddShapes { get; init; }

    public static DataProfile From(PreparedData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var columns = data.Parts.Count > 0 ? data.Parts.SelectMany(p => ColumnsOf(p.Raw, data.Targets, $"{p.Name}/")).DistinctBy(c => c.Name).ToArray() : ColumnsOf(data.Raw, data.Targets);
        return new DataProfile
        {
            Source = data.Raw.Source,
            Format = data.Raw.Format,
            Kind = data.Raw.Kind,
            Count = data.Raw.Count,
            InputShape = data.Encoded.InputShape,
            Columns = Kept(columns),
            ColumnCount = columns.Count,
            Target = TargetProfiler.Profile(data),
            Scale = data.Raw.Kind == DataKind.Table && data.ImageGuess is null ? null : ScaleProfiler.Profile(data.Encoded),
            Normalized = data.Normalizer.Check(data.Train),
            Duplicates = DuplicateFinder.Find(data),
            Determining = DeterminingColumns.Find(data),
            Dropped = data.Encoder.Dropped,
            Unreadable = data.Raw.Unreadable,
            WrongExtensions = data.Raw.WrongExtensions,
            OddShapes = data.Raw.OddShapes,
        };
    }

    /// <param name="prefix">The name of an input; columns of tables bear it already.</param>
    static IReadOnlyList<ColumnFacts> ColumnsOf(RawData raw, Targets targets, string prefix = "") => raw.Kind == DataKind.Table
        ? TableProfiler.Profile(raw, targets)
        : [.. ArrayProfiler.Profile(raw).Select(c => prefix.Length == 0 ? c : c with { Name = prefix + c.Name })];

    static IReadOnlyList<ColumnFacts> Kept(IReadOnlyList<ColumnFacts> columns)
    {
        if (columns.Count <= MostColumns) return columns;
        var kept = columns.Index().OrderByDescending(c => c.Item.IsTarget).ThenByDescending(c => IsUnusual(c.Item)).ThenBy(c => c.Index).Take(MostColumns);
        return [.. kept.OrderBy(c => c.Index).Select(c => c.Item)];
    }

    static bool IsUnusual(ColumnFacts column) =>
        column.Missing > 0 || column.NotNumbers > 0 || column.Infinite > 0 || column.IsConstant || column.Outliers > 0 || column.TwoScales is not null;
}
