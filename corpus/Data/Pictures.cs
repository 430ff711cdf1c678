using Pessimist.Torch;

namespace Pessimist.Corpus.Data;

/// <summary>Drawn grey pictures with noise, [N, 1, size, size], pixels roughly from 0 to 1.</summary>
static class Pictures
{
    public const int Square = 0, Disc = 1, Cross = 2, Ring = 3;

    /// <summary>One shape each, somewhere, of some size: the picture, the kind of the shape [N], and which pixels are its own [N, 1, size, size].</summary>
    public static (Tensor Images, Tensor Kinds, Tensor Masks) Shapes(int count, int size, int kinds, double noise, int seed)
    {
        var random = new Random(seed);
        var images = new float[count * size * size];
        var masks = new float[images.Length];
        var ids = new long[count];
        for (var n = 0; n < count; n++)
        {
            var kind = random.Next(kinds);
            ids[n] = kind;
            var r = random.Between(size * 0.19, size * 0.32);
            double cx = random.Between(r, size - 1 - r), cy = random.Between(r, size - 1 - r), bright = random.Between(0.6, 1);
            for (var y = 0; y < size; y++)
                for (var x = 0; x < size; x++)
                {
                    var at = (n * size + y) * size + x;
                    masks[at] = Inside(kind, Math.Abs(x - cx), Math.Abs(y - cy), r) ? 1 : 0;
                    images[at] = (float)(bright * masks[at] + noise * random.Gaussian());
                }
        }
        return (Tensor.From(images, count, 1, size, size), Tensor.From(ids), Tensor.From(masks, count, 1, size, size));
    }

    /// <summary>Each row and each column is lit with probability <paramref name="share"/> (Földiák 1990): binary pictures and which bars they have, [N, 2 size].</summary>
    public static (Tensor Images, Tensor Bars) Bars(int count, int size, double share, int seed)
    {
        var random = new Random(seed);
        var images = new float[count * size * size];
        var bars = new float[count * 2 * size];
        for (var n = 0; n < count; n++)
        {
            for (var b = 0; b < 2 * size; b++) bars[n * 2 * size + b] = random.NextDouble() < share ? 1 : 0;
            for (var y = 0; y < size; y++)
                for (var x = 0; x < size; x++)
                    images[(n * size + y) * size + x] = Math.Max(bars[n * 2 * size + y], bars[n * 2 * size + size + x]);
        }
        return (Tensor.From(images, count, 1, size, size), Tensor.From(bars, count, 2 * size));
    }

    /// <summary>Some bright dots, never side by side, on noise: the picture, and how many there are, [N].</summary>
    public static (Tensor Images, Tensor Counts) Dots(int count, int size, int most, int seed)
    {
        var random = new Random(seed);
        var images = new float[count * size * size];
        var counts = new float[count];
        for (var n = 0; n < count; n++)
        {
            for (var i = 0; i < size * size; i++) images[n * size * size + i] = (float)(0.05 * random.Gaussian());
            var dots = random.Next(most + 1);
            counts[n] = dots;
            var cells = Enumerable.Range(0, size / 2 * (size / 2)).ToArray();
            random.Shuffle(cells);
            foreach (var cell in cells.Take(dots)) images[(n * size + cell / (size / 2) * 2) * size + cell % (size / 2) * 2] += 1;
        }
        return (Tensor.From(images, count, 1, size, size), Tensor.From(counts));
    }

    static bool Inside(int kind, double dx, double dy, double r) => kind switch
    {
        Square => Math.Max(dx, dy) <= r,
        Disc => dx * dx + dy * dy <= r * r,
        Cross => Math.Max(dx, dy) <= r && Math.Min(dx, dy) <= 0.25 * r,
        _ => Math.Sqrt(dx * dx + dy * dy) is var d && d <= r && d >= 0.6 * r,
    };
}
