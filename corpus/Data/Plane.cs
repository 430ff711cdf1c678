using Pessimist.Torch;

namespace Pessimist.Corpus.Data;

/// <summary>Points in the plane, in random order: [N, 2], with class ids [N].</summary>
static class Plane
{
    /// <summary>Two interleaved half circles, roughly standardized.</summary>
    public static (Tensor Points, Tensor Classes) Moons(int count, double noise, int seed) => Make(count, 2, seed, (random, c) =>
    {
        var t = Math.PI * random.NextDouble();
        var (x, y) = c == 0 ? (Math.Cos(t), Math.Sin(t)) : (1 - Math.Cos(t), 0.5 - Math.Sin(t));
        return ((x - 0.5 + noise * random.Gaussian()) / 0.87, (y - 0.25 + noise * random.Gaussian()) / 0.5);
    });

    /// <summary>Arms that wind around the origin once.</summary>
    public static (Tensor Points, Tensor Classes) Spirals(int count, int arms, double noise, int seed) => Make(count, arms, seed, (random, c) =>
    {
        var r = Math.Sqrt(random.NextDouble());
        var angle = 2 * Math.PI * ((double)c / arms + 0.8 * r) + noise * random.Gaussian();
        return (1.8 * r * Math.Cos(angle), 1.8 * r * Math.Sin(angle));
    });

    /// <summary>Normal clouds around points on a circle.</summary>
    public static (Tensor Points, Tensor Classes) Ring(int count, int clouds, double radius, double spread, int seed) => Make(count, clouds, seed, (random, c) =>
    {
        var angle = 2 * Math.PI * c / clouds;
        return (radius * Math.Cos(angle) + spread * random.Gaussian(), radius * Math.Sin(angle) + spread * random.Gaussian());
    });

    static (Tensor Points, Tensor Classes) Make(int count, int classes, int seed, Func<Random, int, (double X, double Y)> point)
    {
        var random = new Random(seed);
        var points = new float[count * 2];
        var ids = new long[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = random.Next(classes);
            var (x, y) = point(random, (int)ids[i]);
            (points[2 * i], points[2 * i + 1]) = ((float)x, (float)y);
        }
        return (Tensor.From(points, count, 2), Tensor.From(ids));
    }
}
