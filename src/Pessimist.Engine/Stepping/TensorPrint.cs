using System.Globalization;
using System.Text;
using Pessimist.Torch;

namespace Pessimist.Engine.Stepping;

/// <summary>Values of a tensor as text: a slice of it, or a histogram.</summary>
static class TensorPrint
{
    const int MostRows = 10;
    const int MostColumns = 8;
    const int MostBlocks = 4;
    const int BarWidth = 40;
    const int CellWidth = 12;

    /// <summary>A part of the tensor as Python writes it: <c>0,:5</c>, <c>...,2</c>, <c>-1</c>, <c>::2</c>. Empty: all of it.</summary>
    /// <exception cref="PessimistException">The slice does not fit.</exception>
    public static Tensor Slice(Tensor tensor, string slice)
    {
        var parts = slice.Trim().Trim('[', ']').Split(',', StringSplitOptions.TrimEntries).Where(p => p.Length > 0).ToList();
        var dots = parts.IndexOf("...");
        var shape = string.Join(", ", tensor.Shape);
        if (parts.Count(p => p != "...") > tensor.Rank || parts.Count(p => p == "...") > 1)
            throw new PessimistException($"[{slice}] has more parts than the axes of [{shape}]", "give one index or start:stop for each axis, such as 0,:5");
        if (dots >= 0)
        {
            parts.RemoveAt(dots);
            parts.InsertRange(dots, Enumerable.Repeat(":", tensor.Rank - parts.Count));
        }

        var axis = 0;
        foreach (var part in parts)
        {
            var size = tensor.Size(axis);
            if (long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            {
                if (index >= size || index < -size) throw new PessimistException(string.Create(CultureInfo.InvariantCulture, $"index {index} is beyond axis {axis} of [{shape}], which has {size}"));
                tensor = tensor.Select(axis, index);
                continue;
            }

            var ends = part.Split(':', StringSplitOptions.TrimEntries);
            if (ends.Length is < 2 or > 3) throw Malformed(part);
            var step = Number(ends.Length == 3 ? ends[2] : "", part) ?? 1;
            if (step < 1) throw new PessimistException($"'{part}' steps backward, which libtorch does not", "use a step of at least 1");
            tensor = tensor.Slice(axis++, Number(ends[0], part), Number(ends[1], part), step);
        }

        return tensor;
    }

    static long? Number(string text, string part) =>
        text.Length == 0 ? null : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Malformed(part);

    static PessimistException Malformed(string part) => new($"'{part}' is no index", "write an index, start:stop, start:stop:step or ..., as in 0,:5");

    /// <summary>Rows and columns; of more than two axes, a block for each of the first indices. What is long is cut and says so.</summary>
    public static string Values(Tensor tensor)
    {
        var text = new StringBuilder();
        Block(text, tensor, "");
        return text.ToString();
    }

    static void Block(StringBuilder text, Tensor tensor, string at)
    {
        if (tensor.Numel == 0)
        {
            text.Append("  empty\n");
            return;
        }

        if (tensor.Rank > 2)
        {
            var blocks = tensor.Size(0);
            for (var i = 0; i < Math.Min(blocks, MostBlocks); i++) Block(text, tensor.Select(0, i), string.Create(CultureInfo.InvariantCulture, $"{at}{i}, "));
            if (blocks > MostBlocks) text.Append(CultureInfo.InvariantCulture, $"  … {blocks - MostBlocks} more along this axis of {blocks}\n");
            return;
        }

        if (at.Length > 0) text.Append(CultureInfo.InvariantCulture, $"  [{at}{(tensor.Rank == 2 ? ":, :" : ":")}]\n");
        var rows = tensor.Rank == 2 ? tensor.Size(0) : 1;
        for (var row = 0; row < Math.Min(rows, MostRows); row++)
            Row(text, tensor.Rank == 2 ? tensor.Select(0, row) : tensor);
        if (rows > MostRows) text.Append(CultureInfo.InvariantCulture, $"  … {rows - MostRows} more of {rows} rows\n");
    }

    static void Row(StringBuilder text, Tensor row)
    {
        var shown = row.Rank == 0 ? row.Reshape(1) : row.Slice(0, 0, MostColumns);
        text.Append("  ");
        var isWhole = !row.DType.IsFloatingPoint();
        foreach (var value in shown.Detach().To(Device.Cpu, DType.Float64).ToArray<double>())
            text.Append(value.ToString(isWhole ? "0" : "G4", CultureInfo.InvariantCulture).PadLeft(CellWidth));
        if (row.Rank > 0 && row.Size(0) > MostColumns) text.Append(CultureInfo.InvariantCulture, $"  … {row.Size(0) - MostColumns} more");
        text.Append('\n');
    }

    /// <summary>How the finite values spread over equal bins between their extremes.</summary>
    public static string Histogram(Tensor tensor, int bins)
    {
        var all = tensor.Detach().To(Device.Cpu, DType.Float64).ToArray<double>();
        var values = Array.FindAll(all, double.IsFinite);
        if (values.Length == 0) return "  no finite value\n";
        double low = values.Min(), high = values.Max();
        var text = new StringBuilder();
        if (low == high)
        {
            bins = 1;
            high = low + 1;
        }

        var counts = new int[bins];
        foreach (var value in values) counts[Math.Min(bins - 1, (int)((value - low) / (high - low) * bins))]++;
        var most = counts.Max();
        for (var i = 0; i < bins; i++)
        {
            var bar = new string('█', (int)Math.Ceiling(BarWidth * (double)counts[i] / most));
            text.Append(CultureInfo.InvariantCulture, $"  {low + (high - low) * i / bins,11:G4}  {bar,-BarWidth}  {counts[i]:N0}\n");
        }

        if (all.Length > values.Length) text.Append(CultureInfo.InvariantCulture, $"  NaN {all.Count(double.IsNaN)}, infinite {all.Count(double.IsInfinity)}\n");
        return text.ToString();
    }
}
