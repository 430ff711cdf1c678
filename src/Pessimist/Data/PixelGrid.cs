using System.Globalization;
using System.Text.RegularExpressions;

namespace Pessimist.Data;

/// <summary>
/// Columns of a table that are the pixels of one grey picture, in row-major order ("pixel_0_0" … "pixel_7_7", "1x1" … "28x28",
/// "pixel0" … "pixel783"). A guess from names alone, for choosing an architecture.
/// </summary>
public sealed partial record PixelGrid(int Height, int Width)
{
    const int SmallestSide = 4;

    /// <summary>The shape as an image: [1, height, width].</summary>
    public int[] Shape => [1, Height, Width];

    /// <summary>The picture the columns make, or null when their names do not say so, or they are not all numbers.</summary>
    public static PixelGrid? Recognise(IReadOnlyList<Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Count < SmallestSide * SmallestSide || columns.Any(c => c is not NumberColumn)) return null;
        return Rectangle(columns) ?? Square(columns);
    }

    static PixelGrid? Rectangle(IReadOnlyList<Column> columns)
    {
        if (!RowAndColumn().IsMatch(columns[0].Name)) return null;
        var first = Parse(columns[0].Name);
        var last = Parse(columns[^1].Name);
        int height = last.Row - first.Row + 1, width = last.Column - first.Column + 1;
        if (first.Row is not (0 or 1) || first.Column is not (0 or 1) || height < SmallestSide || width < SmallestSide || (long)height * width != columns.Count)
            return null;
        for (var i = 0; i < columns.Count; i++)
            if (Parse(columns[i].Name) != (first.Prefix, first.Row + i / width, first.Column + i % width)) return null;
        return new PixelGrid(height, width);
    }

    static PixelGrid? Square(IReadOnlyList<Column> columns)
    {
        var side = (int)Math.Sqrt(columns.Count);
        if (side * side != columns.Count || side < SmallestSide) return null;
        var match = Numbered().Match(columns[0].Name);
        if (!match.Success || match.Groups["n"].Value is not ("0" or "1")) return null;
        var first = int.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture);
        var prefix = match.Groups["prefix"].Value;
        for (var i = 1; i < columns.Count; i++)
            if (columns[i].Name != prefix + (first + i).ToString(CultureInfo.InvariantCulture)) return null;
        return new PixelGrid(side, side);
    }

    static (string Prefix, int Row, int Column) Parse(string name)
    {
        var match = RowAndColumn().Match(name);
        return match.Success
            ? (match.Groups["prefix"].Value, int.Parse(match.Groups["r"].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups["c"].Value, CultureInfo.InvariantCulture))
            : ("", -1, -1);
    }

    [GeneratedRegex(@"^(?<prefix>(?:pixel|pix|px|p)?[_ ]?)(?<r>\d{1,4})[_x,](?<c>\d{1,4})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex RowAndColumn();

    [GeneratedRegex(@"^(?<prefix>(?:pixel|pix|px)[_ ]?)(?<n>\d{1,6})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex Numbered();
}
