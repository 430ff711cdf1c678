using Pessimist.Torch;

namespace Pessimist.Corpus.Data;

/// <summary>Made-up tables with columns and targets in the units that such tables come in.</summary>
static class Tables
{
    /// <summary>Columns: area in square metres, rooms, age in years, distance in kilometres, floor. Target: a price around a million, [N, 1].</summary>
    public static (float[,] Columns, float[] Prices) Houses(int count, int seed)
    {
        var random = new Random(seed);
        var columns = new float[count, 5];
        var prices = new float[count];
        for (var i = 0; i < count; i++)
        {
            double area = random.Between(30, 220), rooms = Math.Round(area / 28 + random.Between(-0.8, 1.2)), age = Math.Round(random.Between(0, 90)), far = random.Between(0.2, 25), floor = random.Next(9);
            double[] row = [area, rooms, age, far, floor];
            for (var j = 0; j < 5; j++) columns[i, j] = (float)row[j];
            prices[i] = (float)(area * (9500 - 45 * age + (age > 70 ? 2500 : 0)) * Math.Exp(-far / 22) + 12_000 * floor + 40_000 * random.Gaussian());
        }
        return (columns, prices);
    }

    /// <summary>Four lengths of flowers in centimetres, rounded to a millimetre so that rows repeat; petals alone nearly tell the three kinds apart, as in Fisher's irises. Kinds are 1, 2, 3.</summary>
    public static (float[,] Lengths, int[] Kinds) Flowers(int count, int seed)
    {
        double[,] means = { { 5.0, 3.4, 1.46, 0.25 }, { 5.9, 2.8, 4.26, 1.33 }, { 6.6, 3.0, 5.55, 2.03 } };
        double[] spreads = [0.45, 0.3, 0.35, 0.17];
        var random = new Random(seed);
        var lengths = new float[count, 4];
        var kinds = new int[count];
        for (var i = 0; i < count; i++)
        {
            kinds[i] = 1 + random.Next(3);
            var size = random.Gaussian();
            for (var j = 0; j < 4; j++)
                lengths[i, j] = (float)Math.Round(means[kinds[i] - 1, j] + spreads[j] * (0.6 * size + 0.8 * random.Gaussian()), 1);
        }
        return (lengths, kinds);
    }

    /// <summary>Standardizes columns by the mean and deviation of the first <paramref name="train"/> rows.</summary>
    public static Tensor Standardize(Tensor columns, int train)
    {
        var seen = columns[..train];
        return (columns - seen.Mean(0, keepDim: true)) / (seen.Std([0], keepDim: true) + 1e-8);
    }

    /// <summary>Normal inputs, [count, inputs], and a smooth function of some of them with products and waves, standardized, [count, 1].</summary>
    public static (Tensor Inputs, Tensor Targets) Smooth(int count, int inputs, double noise, int seed)
    {
        var random = new Random(seed);
        var x = new float[count, inputs];
        var y = new float[count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < inputs; j++) x[i, j] = (float)random.Gaussian();
            y[i] = (float)((Math.Sin(1.5 * x[i, 0]) + 0.7 * x[i, 1] * x[i, 2] + 0.5 * Math.Abs(x[i, 3]) - 0.4) / 1.05 + noise * random.Gaussian());
        }
        return (Tensor.From(x), Tensor.From(y, count, 1));
    }

    /// <summary>A wide class boundary in <paramref name="inputs"/> dimensions: class ids of the largest of <paramref name="classes"/> random quadratic scores.</summary>
    public static (Tensor Inputs, Tensor Classes) Quadratic(int count, int inputs, int classes, int seed)
    {
        var random = new Random(seed);
        var w = new double[classes, inputs, 2];
        for (var c = 0; c < classes; c++)
            for (var j = 0; j < inputs; j++)
                (w[c, j, 0], w[c, j, 1]) = (random.Gaussian(), 0.5 * random.Gaussian());
        var x = new float[count, inputs];
        var ids = new long[count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < inputs; j++) x[i, j] = (float)random.Gaussian();
            ids[i] = Enumerable.Range(0, classes).MaxBy(c => Enumerable.Range(0, inputs).Sum(j => w[c, j, 0] * x[i, j] + w[c, j, 1] * (x[i, j] * x[i, j] - 1)));
        }
        return (Tensor.From(x), Tensor.From(ids));
    }
}
