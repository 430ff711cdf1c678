namespace Pessimist.Evaluation;

/// <summary>Interval of the difference of two independent rates (Newcombe 1998, method 10: the hybrid of two Wilson intervals).</summary>
public static class Newcombe
{
    /// <summary>second − first, in [-1, 1].</summary>
    public static Estimate Difference(ErrorRate first, ErrorRate second, double confidence = 0.95) =>
        FromZ(first, second, Wilson.TwoSidedZ(confidence));

    internal static Estimate FromZ(ErrorRate first, ErrorRate second, double z)
    {
        Estimate a = first.AtZ(z), b = second.AtZ(z);
        var difference = b.Value - a.Value;
        if (double.IsNaN(difference))
            return new Estimate(double.NaN, -1, 1);
        return new Estimate(
            difference,
            difference - Hypotenuse(b.Value - b.Low, a.High - a.Value),
            difference + Hypotenuse(b.High - b.Value, a.Value - a.Low));
    }

    static double Hypotenuse(double x, double y) => Math.Sqrt(x * x + y * y);
}
