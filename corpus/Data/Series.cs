using Pessimist.Torch;

namespace Pessimist.Corpus.Data;

/// <summary>Values over time.</summary>
static class Series
{
    /// <summary>Two waves of incommensurable length and noise, with deviation about 1.</summary>
    public static float[] Waves(int count, double noise, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var t = 0; t < count; t++)
            values[t] = (float)(1.1 * Math.Sin(2 * Math.PI * t / 25) + 0.7 * Math.Sin(2 * Math.PI * t / 9.3 + 1) + noise * random.Gaussian());
        return values;
    }

    /// <summary>The chaotic series of Mackey and Glass (1977), tau 17, sampled each sixth step and standardized.</summary>
    public static float[] MackeyGlass(int count, int seed)
    {
        const int Every = 6, Lag = 17, Skip = 300;
        var random = new Random(seed);
        var x = new double[(count + Skip) * Every + Lag];
        for (var i = 0; i <= Lag; i++) x[i] = random.Between(0.8, 1.2);
        for (var i = Lag; i < x.Length - 1; i++) x[i + 1] = x[i] + 0.2 * x[i - Lag] / (1 + Math.Pow(x[i - Lag], 10)) - 0.1 * x[i];
        return [.. Enumerable.Range(Skip, count).Select(t => (float)((x[t * Every] - 0.92) / 0.23))];
    }

    /// <summary>Windows of <paramref name="length"/> values and the value after each, in the order of time: [N, length] and [N, 1].</summary>
    public static (Tensor Past, Tensor Next) Windows(float[] series, int length)
    {
        var count = series.Length - length;
        var past = new float[count, length];
        for (var i = 0; i < count; i++)
            for (var j = 0; j < length; j++)
                past[i, j] = series[i + j];
        return (Tensor.From(past), Tensor.From(series.AsSpan(length), count, 1));
    }
}
