namespace Pessimist.Corpus.Data;

static class RandomExtensions
{
    /// <summary>Normal with mean 0 and variance 1 (Box and Muller 1958).</summary>
    public static double Gaussian(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Uniform between the two.</summary>
    public static double Between(this Random random, double from, double to) => from + (to - from) * random.NextDouble();
}
