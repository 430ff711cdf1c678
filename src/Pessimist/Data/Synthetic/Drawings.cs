namespace Pessimist.Data.Synthetic;

/// <summary>Grey pictures, drawn at a random place, in a random size, with noise: values 0 to 255.</summary>
static class Drawings
{
    static readonly (string, string) _size = ("size", "pixels of a side, 28 by default");
    static readonly (string, string) _noise = ("noise", "of each pixel, in units of 255, 0.1 by default");

    public static SyntheticSet Stripes { get; } = new("stripes", "in which of four directions stripes run: one convolution is enough", [_size, _noise], (o, draw) =>
        Make(o, draw, ["horizontal", "vertical", "rising", "falling"], kind =>
        {
            var (dx, dy) = kind switch { 0 => (0.0, 1.0), 1 => (1.0, 0.0), 2 => (Math.Sqrt(0.5), Math.Sqrt(0.5)), _ => (Math.Sqrt(0.5), -Math.Sqrt(0.5)) };
            var (waves, phase) = (draw.Uniform(2.5, 4.5), draw.Uniform(0, 2 * Math.PI));
            return (x, y) => 0.5 + 0.5 * Math.Sin(2 * Math.PI * waves * (x * dx + y * dy) + phase);
        }));

    public static SyntheticSet Shapes { get; } = new("shapes", "whether a picture shows a circle, a square, a triangle or a cross", [_size, _noise], (o, draw) =>
        Make(o, draw, ["circle", "square", "triangle", "cross"], kind =>
        {
            var radius = draw.Uniform(0.2, 0.32);
            var (cx, cy, turn) = (draw.Uniform(radius + 0.05, 0.95 - radius), draw.Uniform(radius + 0.05, 0.95 - radius), draw.Uniform(-0.4, 0.4));
            var bright = draw.Uniform(0.6, 1);
            return (x, y) =>
            {
                // In the shape's own frame, at radius 1.
                var (a, b) = (((x - cx) * Math.Cos(turn) + (y - cy) * Math.Sin(turn)) / radius, ((y - cy) * Math.Cos(turn) - (x - cx) * Math.Sin(turn)) / radius);
                var inside = kind switch
                {
                    0 => 1 - Math.Sqrt(a * a + b * b),
                    1 => 0.8 - Math.Max(Math.Abs(a), Math.Abs(b)),
                    2 => Math.Min(0.6 - b, (b + 1 - 1.8 * Math.Abs(a)) / 2),
                    _ => Math.Max(Math.Min(0.3 - Math.Abs(a), 1 - Math.Abs(b)), Math.Min(0.3 - Math.Abs(b), 1 - Math.Abs(a))),
                };
                // A pixel wide edge, so that nothing jumps.
                return bright * Math.Clamp(inside * 8 + 0.5, 0, 1);
            };
        }));

    /// <summary>Pen strokes of each digit in a box of 1 by 1, y downwards.</summary>
    static readonly (double X, double Y)[][][] _strokes =
    [
        [Arc(0.5, 0.5, 0.32, 0.45, 0, 360)],
        [[(0.3, 0.25), (0.52, 0.05), (0.52, 0.95)]],
        [[.. Arc(0.5, 0.3, 0.3, 0.25, 180, 400), (0.2, 0.95), (0.82, 0.95)]],
        [Arc(0.45, 0.28, 0.3, 0.23, 200, 450), Arc(0.45, 0.72, 0.33, 0.23, -90, 160)],
        [[(0.65, 0.95), (0.65, 0.05), (0.15, 0.65), (0.85, 0.65)]],
        [[(0.78, 0.05), (0.28, 0.05), (0.24, 0.45)], Arc(0.46, 0.67, 0.32, 0.27, -130, 150)],
        [[(0.68, 0.05), (0.34, 0.4), (0.2, 0.68)], Arc(0.5, 0.7, 0.3, 0.25, 0, 360)],
        [[(0.18, 0.05), (0.82, 0.05), (0.4, 0.95)]],
        [Arc(0.5, 0.27, 0.25, 0.22, 0, 360), Arc(0.5, 0.73, 0.31, 0.24, 0, 360)],
        [Arc(0.5, 0.3, 0.29, 0.25, 0, 360), [(0.79, 0.3), (0.74, 0.6), (0.5, 0.95)]],
    ];

    public static SyntheticSet Digits { get; } = new("digits", "which digit is written: pen strokes, turned, slanted, thick or thin; no handwriting, so much easier than MNIST", [_size, _noise], (o, draw) =>
        Make(o, draw, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], digit =>
        {
            var (width, height, turn, slant) = (draw.Uniform(0.45, 0.65), draw.Uniform(0.6, 0.8), draw.Uniform(-0.2, 0.2), draw.Uniform(-0.25, 0.25));
            var (cx, cy, pen) = (draw.Uniform(0.42, 0.58), draw.Uniform(0.45, 0.55), draw.Uniform(0.035, 0.06));
            var strokes = _strokes[digit].Select(s => s.Select(Place).ToArray()).ToArray();
            return (x, y) => Math.Clamp((pen - strokes.Min(s => Distance(s, x, y))) * 25 + 0.5, 0, 1);

            (double X, double Y) Place((double X, double Y) p)
            {
                var (a, b) = ((p.X - 0.5) * width - (p.Y - 0.5) * slant * height + draw.Normal(0.008), (p.Y - 0.5) * height + draw.Normal(0.008));
                return (cx + a * Math.Cos(turn) - b * Math.Sin(turn), cy + a * Math.Sin(turn) + b * Math.Cos(turn));
            }
        }));

    static (double X, double Y)[] Arc(double x, double y, double width, double height, double from, double to) =>
        [.. Enumerable.Range(0, 17).Select(i => (from + (to - from) * i / 16) * Math.PI / 180).Select(a => (x + width * Math.Cos(a), y + height * Math.Sin(a)))];

    static double Distance((double X, double Y)[] line, double x, double y)
    {
        var least = double.PositiveInfinity;
        for (var i = 1; i < line.Length; i++)
        {
            var ((ax, ay), (bx, by)) = (line[i - 1], line[i]);
            var (dx, dy) = (bx - ax, by - ay);
            var along = dx == 0 && dy == 0 ? 0 : Math.Clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1);
            least = Math.Min(least, Math.Sqrt(Math.Pow(x - ax - along * dx, 2) + Math.Pow(y - ay - along * dy, 2)));
        }

        return least;
    }

    /// <param name="drawing">Of a class: the brightness from 0 to 1 at a place from 0 to 1.</param>
    static SyntheticData Make(SyntheticOptions o, SyntheticDraw draw, string[] classes, Func<int, Func<double, double, double>> drawing)
    {
        var size = SyntheticSet.Range("size", o.Size ?? 28, 8, 1024);
        var noise = SyntheticSet.Noise(o.Noise ?? 0.1);
        var x = SyntheticSet.Room(o.Count!.Value, size * size);
        var labels = draw.Balanced(o.Count.Value, classes.Length);
        for (var i = 0; i < labels.Length; i++)
        {
            var brightness = drawing(labels[i]);
            var own = x.AsSpan(i * size * size, size * size);
            for (var p = 0; p < own.Length; p++)
                own[p] = (float)Math.Round(255 * Math.Clamp(brightness((p % size + 0.5) / size, (p / size + 0.5) / size) + draw.Normal(noise), 0, 1));
        }

        return new SyntheticData { Shape = [1, size, size], Inputs = x, Targets = [.. labels.Select(l => (float)l)], Classes = classes };
    }
}
