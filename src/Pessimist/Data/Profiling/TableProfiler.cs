using System.Globalization;

namespace Pessimist.Data.Profiling;

/// <summary>Measures the columns of a table.</summary>
static class TableProfiler
{
    public const int FewExamples = 10;
    const int FewDistinct = 20;

    public static IReadOnlyList<ColumnFacts> Profile(RawData raw, Targets targets)
    {
        var facts = new ColumnFacts[raw.Columns.Count];
        Parallel.For(0, facts.Length, i =>
        {
            var column = raw.Columns[i];
            var isTarget = targets.Columns.Contains(column.Name);
            facts[i] = (column is NumberColumn numbers ? Numbers(raw, numbers) : Texts(raw, (TextColumn)column)) with
            {
                IsTarget = isTarget,
                MissingTargetP = isTarget ? null : MissingTest.PValue(column, targets),
            };
        });
        return facts;
    }

    public static CellFact Cell(RawData raw, int row, string value) => new(raw.Id(row), raw.Place(row).Row, value);

    static ColumnFacts Texts(RawData raw, TextColumn column)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        List<CellFact> missing = [];
        for (var row = 0; row < column.Count; row++)
        {
            if (column.Values[row] is { } text) counts[text] = counts.GetValueOrDefault(text) + 1;
            else if (missing.Count < FewExamples) missing.Add(Cell(raw, row, ""));
        }

        return new ColumnFacts
        {
            Name = column.Name,
            Kind = ColumnKind.Text,
            Count = column.Count,
            Missing = column.Missing,
            MissingCells = missing,
            Distinct = counts.Count,
            IsConstant = counts.Count == 1 && column.Count - column.Missing > 1,
            Frequent = Frequent(counts.Select(c => new ValueCount(c.Key, c.Value))),
        };
    }

    static ColumnFacts Numbers(RawData raw, NumberColumn column)
    {
        var values = column.Values;
        var sorted = new double[values.Length];
        int finite = 0, zeros = 0, infinite = 0;
        var whole = true;
        double sum = 0, squares = 0, origin = double.NaN;
        List<CellFact> missingCells = [], infiniteCells = [];
        var words = column.NotNumbers.Select(c => c.Row).ToHashSet();
        for (var row = 0; row < values.Length; row++)
        {
            var value = values[row];
            if (double.IsNaN(value))
            {
                if (missingCells.Count < FewExamples && !words.Contains(row)) missingCells.Add(Cell(raw, row, ""));
            }
            else if (double.IsInfinity(value))
            {
                if (infinite++ < FewExamples) infiniteCells.Add(Cell(raw, row, column.Show(row)));
            }
            else
            {
                if (finite == 0) origin = value;
                sorted[finite++] = value;
                sum += value - origin;
                squares += (value - origin) * (value - origin);
                if (value == 0) zeros++;
                if (Math.Floor(value) != value) whole = false;
            }
        }

        var facts = new ColumnFacts
        {
            Name = column.Name,
            Kind = ColumnKind.Number,
            Count = values.Length,
            Missing = column.Missing - column.NotNumbers.Count,
            MissingCells = missingCells,
            Infinite = infinite,
            InfiniteCells = infiniteCells,
            NotNumbers = column.NotNumbers.Count,
            NotNumberCells = [.. column.NotNumbers.Take(FewExamples).Select(c => Cell(raw, c.Row, c.Text))],
        };
        if (finite == 0) return facts with { Distinct = 0 };
        Array.Resize(ref sorted, finite);
        Array.Sort(sorted);
        var distinct = 1;
        for (var i = 1; i < finite; i++)
            if (sorted[i] != sorted[i - 1]) distinct++;
        var mean = sum / finite;
        var outliers = Spread.Outliers(sorted);
        return facts with
        {
            Min = sorted[0],
            Max = sorted[^1],
            Mean = origin + mean,
            Std = Math.Sqrt(Math.Max(0, squares / finite - mean * mean)),
            Median = sorted[finite / 2],
            Distinct = distinct,
            Zeros = (double)zeros / values.Length,
            IsWhole = whole,
            IsConstant = distinct == 1 && finite > 1,
            Frequent = distinct <= FewDistinct ? FrequentNumbers(sorted) : [],
            Outliers = outliers.Count,
            OutlierCells = outliers.Count == 0 ? [] : Cells(raw, column, v => v < outliers.Low || v > outliers.High),
            TwoScales = TwoScales(raw, column, sorted, distinct),
        };
    }

    static TwoScales? TwoScales(RawData raw, NumberColumn column, double[] sorted, int distinct)
    {
        if (distinct <= FewDistinct || Spread.TwoScales(sorted) is not { } cut) return null;
        var fewerBelow = cut.LowerShare <= 0.5;
        return new TwoScales(cut.UpperMedian / cut.LowerMedian, cut.LowerMedian, cut.UpperMedian, cut.LowerShare,
            Cells(raw, column, v => v > 0 && (fewerBelow ? v <= cut.Border : v > cut.Border)));
    }

    static List<CellFact> Cells(RawData raw, NumberColumn column, Func<double, bool> chosen)
    {
        List<CellFact> cells = [];
        for (var row = 0; row < column.Count && cells.Count < FewExamples; row++)
            if (double.IsFinite(column.Values[row]) && chosen(column.Values[row])) cells.Add(Cell(raw, row, column.Show(row)));
        return cells;
    }

    static List<ValueCount> FrequentNumbers(double[] sorted)
    {
        List<ValueCount> counts = [];
        for (int i = 0, from = 0; i <= sorted.Length; i++)
        {
            if (i < sorted.Length && sorted[i] == sorted[from]) continue;
            counts.Add(new ValueCount(sorted[from].ToString("R", CultureInfo.InvariantCulture), i - from));
            from = i;
        }

        return Frequent(counts);
    }

    static List<ValueCount> Frequent(IEnumerable<ValueCount> counts) =>
        [.. counts.OrderByDescending(c => c.Count).ThenBy(c => c.Value, StringComparer.Ordinal).Take(FewExamples)];
}
