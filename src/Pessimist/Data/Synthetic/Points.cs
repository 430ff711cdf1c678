using System.Globalization;

namespace Pessimist.Data.Synthetic;

/// <summary>Tables: points of several classes.</summary>
static class Points
{
    const int MostClasses = 100;

    public static SyntheticSet Spirals { get; } = new("spirals", "which of several spiral arms in the plane a point lies on: no line separates them",
        [("classes", "arms, 2 by default"), ("noise", "distance from the arm, 0.05 by default; arms end at radius 1")], (o, draw) =>
        {
            var classes = SyntheticSet.Range("classes", o.Classes ?? 2, 2, MostClasses);
            var noise = SyntheticSet.Noise(o.Noise ?? 0.05);
            var x = SyntheticSet.Room(o.Count!.Value, 2);
            var labels = draw.Balanced(o.Count.Value, classes);
            for (var i = 0; i < labels.Length; i++)
            {
                // Even along the arm: its length grows with the square of the radius.
                var radius = Math.Sqrt(draw.Uniform());
                var angle = 3 * Math.PI * radius + 2 * Math.PI * labels[i] / classes;
                x[2 * i] = (float)(radius * Math.Cos(angle) + draw.Normal(noise));
                x[2 * i + 1] = (float)(radius * Math.Sin(angle) + draw.Normal(noise));
            }

            return Table(x, ["x", "y"], labels, "arm", classes);
        });

    public static SyntheticSet Blobs { get; } = new("blobs", "which of several normal distributions a point comes from: a linear model is enough",
        [("classes", "distributions, 3 by default"), ("features", "columns, 2 by default"), ("noise", "their standard deviation, 1 by default; centres lie about 5 apart")], (o, draw) =>
        {
            var classes = SyntheticSet.Range("classes", o.Classes ?? 3, 2, MostClasses);
            var features = SyntheticSet.Range("features", o.Features ?? 2, 1, 10_000);
            var noise = SyntheticSet.Noise(o.Noise ?? 1);
            var x = SyntheticSet.Room(o.Count!.Value, features);
            var labels = draw.Balanced(o.Count.Value, classes);
            var centres = Centres(classes, features, draw);
            for (var i = 0; i < labels.Length; i++)
                for (var f = 0; f < features; f++)
                    x[i * features + f] = (float)(centres[labels[i] * features + f] + draw.Normal(noise));
            return Table(x, [.. Enumerable.Range(1, features).Select(f => string.Create(CultureInfo.InvariantCulture, $"x{f}"))], labels, "blob", classes);
        });

    /// <summary>Of many draws the one whose closest centres are farthest apart; then scaled so that they are 5 apart.</summary>
    static double[] Centres(int classes, int features, SyntheticDraw draw)
    {
        double[] best = [];
        var closest = 0.0;
        for (var attempt = 0; attempt < 20; attempt++)
        {
            double[] centres = [.. Enumerable.Range(0, classes * features).Select(_ => draw.Normal())];
            var least = double.PositiveInfinity;
            for (var a = 0; a < classes; a++)
                for (var b = 0; b < a; b++)
                    least = Math.Min(least, Math.Sqrt(Enumerable.Range(0, features).Sum(f => Math.Pow(centres[a * features + f] - centres[b * features + f], 2))));
            if (least <= closest) continue;
            (best, closest) = (centres, least);
        }

        return [.. best.Select(c => 5 * c / closest)];
    }

    static SyntheticData Table(float[] x, IReadOnlyList<string> features, int[] labels, string word, int classes) => new()
    {
        Shape = [features.Count],
        Inputs = x,
        Features = features,
        Targets = [.. labels.Select(l => (float)l)],
        Classes = [.. Enumerable.Range(1, classes).Select(c => string.Create(CultureInfo.InvariantCulture, $"{word}{c}"))],
    };
}
