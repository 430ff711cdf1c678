using System.Globalization;
using Pessimist.Torch;

namespace Pessimist.Corpus.Data;

/// <summary>The handwritten digits of samples/digits.csv: 1797 pictures of 8x8 pixels from 0 to 16. The outermost pixels are 0 in nearly all.</summary>
static class Digits
{
    public const int Count = 1797;

    static readonly Lazy<(float[] Pixels, long[] Labels)> _rows = new(Read);

    /// <summary>Rows <paramref name="from"/> to below <paramref name="to"/> of a shuffled order: pixels from 0 to 1, [N, 1, 8, 8], and labels, [N].</summary>
    public static (Tensor Images, Tensor Labels) Load(int from, int to)
    {
        var (pixels, labels) = _rows.Value;
        return (Tensor.From(pixels.AsSpan(from * 64, (to - from) * 64), to - from, 1, 8, 8), Tensor.From(labels.AsSpan(from, to - from)));
    }

    /// <summary>Only digits from <paramref name="low"/> to <paramref name="high"/>, counted from 0 again.</summary>
    public static (Tensor Images, Tensor Labels) Only(int low, int high, int from, int to)
    {
        var (images, labels) = Load(from, to);
        var rows = labels.Ge(low).LogicalAnd(labels.Le(high)).Nonzero().Squeeze(1);
        return (images.IndexSelect(0, rows), (labels.IndexSelect(0, rows) - low).To(DType.Int64));
    }

    static (float[] Pixels, long[] Labels) Read()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "samples", "digits.csv"))[1..];
        new Random(7).Shuffle(lines);
        var pixels = new float[lines.Length * 64];
        var labels = new long[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            var cells = lines[i].Split(',');
            for (var j = 0; j < 64; j++) pixels[i * 64 + j] = float.Parse(cells[j], CultureInfo.InvariantCulture) / 16;
            labels[i] = long.Parse(cells[64], CultureInfo.InvariantCulture);
        }
        return (pixels, labels);
    }

    static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "samples", "digits.csv")))
                return folder;
        throw new FileNotFoundException("samples/digits.csv is in no folder above the program");
    }
}
