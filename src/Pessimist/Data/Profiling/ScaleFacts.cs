namespace Pessimist.Data.Profiling;

/// <summary>The scale of all inputs together, as they came.</summary>
/// <param name="Min">The smallest finite value.</param>
/// <param name="Max">The largest finite value.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Std">The population standard deviation.</param>
/// <param name="IsWhole">All values are whole numbers.</param>
/// <param name="WholeAfter">
/// The factor, 255 or 255 x 255, that turns practically all values into whole numbers when they are not: how often they were divided by 255. Null when neither does.
/// </param>
/// <param name="OfTwoScales">Examples whose largest value is at most 1 although others reach beyond 2: 0..1 among 0..255.</param>
public sealed record ScaleFacts(double Min, double Max, double Mean, double Std, bool IsWhole, int? WholeAfter, int OfTwoScales)
{
    /// <summary>Whole numbers from about 0 to about 255: pixels that nobody scaled.</summary>
    public bool IsRawBytes => IsWhole && Min >= 0 && Max is > 100 and <= 255;

    /// <summary>So small that it was divided by 255 twice.</summary>
    public bool IsScaledTwice => Min >= 0 && Max is > 0 and <= 1.02 / 255 && WholeAfter == 255 * 255;
}
