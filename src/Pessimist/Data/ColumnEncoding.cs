namespace Pessimist.Data;

/// <summary>How one column becomes one or more inputs.</summary>
abstract class ColumnEncoding(string column)
{
    public string Column { get; } = column;

    public abstract IReadOnlyList<Feature> Features { get; }

    /// <summary>Writes the column's inputs of each row at <paramref name="offset"/> within rows of <paramref name="width"/> floats.</summary>
    public abstract void Write(Column column, ReadOnlySpan<int> rows, float[] inputs, int width, int offset);
}

/// <summary>The number; missing and infinite ones become the training mean, with an indicator when any training row lacks its value.</summary>
sealed class NumberEncoding : ColumnEncoding
{
    readonly float _mean;
    readonly bool _indicator;

    NumberEncoding(string column, float mean, bool indicator) : base(column)
    {
        _mean = mean;
        _indicator = indicator;
        Features = indicator
            ? [new Feature(column, column, FeatureKind.Number), new Feature($"{column} is missing", column, FeatureKind.MissingIndicator)]
            : [new Feature(column, column, FeatureKind.Number)];
    }

    public override IReadOnlyList<Feature> Features { get; }

    public static NumberEncoding Fit(NumberColumn column, ReadOnlySpan<int> rows, bool indicator)
    {
        double sum = 0;
        var finite = 0;
        foreach (var row in rows)
        {
            if (!double.IsFinite(column.Values[row])) continue;
            sum += column.Values[row];
            finite++;
        }

        return new NumberEncoding(column.Name, finite == 0 ? 0 : (float)(sum / finite), indicator && finite < rows.Length);
    }

    public override void Write(Column column, ReadOnlySpan<int> rows, float[] inputs, int width, int offset)
    {
        var numbers = column as NumberColumn;
        for (var i = 0; i < rows.Length; i++)
        {
            var value = numbers is null ? float.NaN : (float)numbers.Values[rows[i]];
            var finite = float.IsFinite(value);
            inputs[i * width + offset] = finite ? value : _mean;
            if (_indicator) inputs[i * width + offset + 1] = finite ? 0 : 1;
        }
    }
}

/// <summary>One-hot: the most frequent training values, then "other" and "missing" where the training rows need them.</summary>
sealed class CategoryEncoding : ColumnEncoding
{
    readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    readonly int _other = -1;
    readonly int _missing = -1;

    CategoryEncoding(string column, List<string> categories, bool other, bool missing) : base(column)
    {
        List<Feature> features = [];
        foreach (var category in categories)
        {
            _places[category] = features.Count;
            features.Add(new Feature($"{column}={category}", column, FeatureKind.Category));
        }

        if (other)
        {
            _other = features.Count;
            features.Add(new Feature($"{column}=(other)", column, FeatureKind.Category));
        }

        if (missing)
        {
            _missing = features.Count;
            features.Add(new Feature($"{column} is missing", column, FeatureKind.MissingIndicator));
        }

        Features = features;
    }

    public override IReadOnlyList<Feature> Features { get; }

    public static CategoryEncoding Fit(TextColumn column, ReadOnlySpan<int> rows, int most)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var missing = false;
        foreach (var row in rows)
        {
            if (column.Values[row] is not { } text) missing = true;
            else counts[text] = counts.GetValueOrDefault(text) + 1;
        }

        var ordered = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Key).ToList();
        var kept = ordered.Take(most).Order(StringComparer.Ordinal).ToList();
        return new CategoryEncoding(column.Name, kept, ordered.Count > most, missing);
    }

    public override void Write(Column column, ReadOnlySpan<int> rows, float[] inputs, int width, int offset)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var place = column.IsMissing(rows[i]) ? _missing
                : _places.TryGetValue(column.Show(rows[i]), out var known) ? known : _other;
            if (place >= 0) inputs[i * width + offset + place] = 1;
        }
    }
}

/// <summary>A date as days since 1970: only where a table holds nothing else to learn from.</summary>
sealed class DateEncoding(string column) : ColumnEncoding(column)
{
    public override IReadOnlyList<Feature> Features { get; } = [new Feature(column, column, FeatureKind.Number)];

    public override void Write(Column column, ReadOnlySpan<int> rows, float[] inputs, int width, int offset)
    {
        for (var i = 0; i < rows.Length; i++)
            inputs[i * width + offset] = Dates.TryParse(column.Show(rows[i]), out var days) ? (float)days : 0;
    }
}
