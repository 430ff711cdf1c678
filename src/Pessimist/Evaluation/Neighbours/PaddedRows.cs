using System.Numerics;
using System.Runtime.InteropServices;

namespace Pessimist.Evaluation;

/// <summary>Rows padded with zeros to whole vectors, so that inner loops have no remainder.</summary>
sealed class PaddedRows
{
    readonly float[] _values;

    internal PaddedRows(FeatureMatrix rows)
    {
        rows.RequireFinite();
        Count = rows.Rows;
        var lanes = Vector<float>.Count;
        Width = (rows.Columns + lanes - 1) / lanes * lanes;
        if (Width == rows.Columns)
        {
            _values = rows.Values;
            return;
        }

        _values = new float[checked(Count * Width)];
        for (var i = 0; i < Count; i++) rows.Row(i).CopyTo(_values.AsSpan(i * Width));
    }

    internal int Count { get; }
    internal int Width { get; }

    internal ReadOnlySpan<float> Values(int row) => _values.AsSpan(row * Width, Width);

    /// <summary>One row; past the end, the last one.</summary>
    internal ReadOnlySpan<Vector<float>> Vectors(int row) =>
        MemoryMarshal.Cast<float, Vector<float>>(_values.AsSpan(Math.Min(row, Count - 1) * Width, Width));
}
