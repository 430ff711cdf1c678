using Pessimist.Signals;

namespace Pessimist.Tests.Signals;

public sealed class TrendTests
{
    [Fact]
    public void Is_the_median_of_pairwise_slopes_and_ignores_one_outlier()
    {
        var trend = Trend.Of([0, 1, 2, 3, 400, 5, 6, 7]);

        trend.Slope.ShouldBe(1);
        trend.Rises().ShouldBeTrue();
    }

    // scipy.stats.kendalltau has no continuity correction; the reference is the textbook formula, s = 13, variance 28.33: z = 12 / 5.323.
    [Fact]
    public void P_follows_the_normal_approximation_with_continuity_correction() =>
        Trend.Of([1, 3, 2, 4, 5, 6]).P.ShouldBe(0.02417, 1e-4);

    [Fact]
    public void A_constant_has_no_trend() => Trend.Of([2, 2, 2, 2, 2, 2]).ShouldBe(new Trend(0, 1));

    [Fact]
    public void Blocks_keep_the_slope_per_step() =>
        Trend.OfBlocks([.. Enumerable.Range(0, 200).Select(i => 5 - 0.01 * i)], 20).Slope.ShouldBe(-0.01, 1e-12);

    [Fact]
    public void Quantiles_interpolate_between_order_statistics()
    {
        Trend.Quantile([4, 1, 3, 2], 0.5).ShouldBe(2.5);
        Trend.Quantile([7], 0.95).ShouldBe(7);
        Trend.Quantile([1, 2, 3], 1).ShouldBe(3);
    }
}
