using System.Globalization;

namespace Pessimist.Evaluation;

/// <summary>Examples as rows of equally many numbers, row-major. No copy is made.</summary>
public readonly record struct FeatureMatrix
{
    /// <param name="values">rows x columns numbers.</param>
    /// <param name="columns">Numbers per row.</param>
    public FeatureMatrix(float[] values, int columns)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (values.Length % columns != 0)
            throw new ArgumentException($"{values.Length} numbers do not make rows of {columns}.", nameof(values));
        (Values, Columns, Rows) = (values, columns, values.Length / columns);
    }

    public float[] Values { get; }
    public int Columns { get; }
    public int Rows { get; }

    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    /// <summary>A copy of some rows.</summary>
    public FeatureMatrix Select(ReadOnlySpan<int> rows)
    {
        var values = new float[checked(rows.Length * Columns)];
        for (var i = 0; i < rows.Length; i++) Row(rows[i]).CopyTo(values.AsSpan(i * Columns));
        return new FeatureMatrix(values, Columns);
    }

    /// <summary>Refuses NaN and infinities, which would spoil every distance silently.</summary>
    internal void RequireFinite()
    {
        for (var i = 0; i < Values.Length; i++)
            if (!float.IsFinite(Values[i]))
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"Row {i / Columns}, column {i % Columns} is {Values[i]}: fill or drop it first."));
    }

    internal void RequireRows(int expected, string what)
    {
        if (Rows != expected)
            throw new ArgumentException($"{Rows} rows of features, but {expected} {what}.");
    }
}
