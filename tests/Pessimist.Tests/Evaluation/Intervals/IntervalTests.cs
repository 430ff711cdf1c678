using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation;

public sealed class IntervalTests
{
    [Theory]
    [InlineData(0, 100, 0, 3.70)]
    [InlineData(1, 100, 0.18, 5.45)]
    [InlineData(5, 100, 2.15, 11.18)]
    [InlineData(10, 500, 1.09, 3.64)]
    [InlineData(20, 1000, 1.30, 3.07)]
    [InlineData(95, 10000, 0.78, 1.16)]
    public void Wilson_agrees_with_the_published_values(int errors, int count, double low, double high)
    {
        var interval = Wilson.Interval(errors, count);
        Math.Round(100 * interval.Low, 2).ShouldBe(low);
        Math.Round(100 * interval.High, 2).ShouldBe(high);
    }

    [Theory]
    [InlineData(20, 1000, 35, 1000, 1.50, 0.05, 3.00)]
    [InlineData(100, 5000, 140, 5000, 0.80, 0.20, 1.41)]
    [InlineData(5, 200, 12, 200, 3.50, -0.60, 7.93)]
    public void Newcombe_agrees_with_the_published_values(int e1, int n1, int e2, int n2, double gap, double low, double high)
    {
        var difference = Newcombe.Difference(new ErrorRate(e1, n1), new ErrorRate(e2, n2));
        Math.Round(100 * difference.Value, 2).ShouldBe(gap);
        Math.Round(100 * difference.Low, 2).ShouldBe(low);
        Math.Round(100 * difference.High, 2).ShouldBe(high);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Wilson_stays_inside_0_and_1_when_all_or_none_are_wrong(int count)
    {
        Wilson.Interval(0, count).Low.ShouldBe(0);
        Wilson.Interval(count, count).High.ShouldBe(1);
    }

    [Fact]
    public void Without_examples_nothing_is_known()
    {
        Wilson.Interval(0, 0).ShouldBe(new Estimate(double.NaN, 0, 1));
        Newcombe.Difference(new ErrorRate(0, 0), new ErrorRate(1, 10)).ExcludesZero.ShouldBeFalse();
    }

    [Fact]
    public void An_exact_rate_adds_no_width()
    {
        var gap = Newcombe.Difference(ErrorRate.Exactly(0.01), new ErrorRate(50, 1000));
        var wilson = Wilson.Interval(50, 1000);
        gap.Low.ShouldBe(wilson.Low - 0.01, 1e-12);
        gap.High.ShouldBe(wilson.High - 0.01, 1e-12);
    }

    [Theory]
    [InlineData(0.01, new[] { 5.25, 2.70, 1.70, 0.65, 0.45 })]
    [InlineData(0.05, new[] { 8.0, 4.65, 3.10, 1.30, 0.90 })]
    [InlineData(0.10, new[] { 10.0, 5.95, 4.10, 1.75, 1.25 })]
    [InlineData(0.20, new[] { 12.3, 7.55, 5.25, 2.30, 1.65 })]
    public void The_detectable_gap_agrees_with_the_published_table(double rate, double[] points)
    {
        int[] counts = [200, 500, 1000, 5000, 10000];
        for (var i = 0; i < counts.Length; i++)
            (100 * DetectableGap.BetweenRates(rate, counts[i], counts[i])).ShouldBe(points[i], 0.06 + 0.02 * points[i], $"n = {counts[i]}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void No_gap_can_be_seen_with_hardly_any_examples(int count) =>
        DetectableGap.BetweenRates(0.1, count, count).ShouldBe(1);

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(5, 5, 1)]
    [InlineData(0, 5, 0.0625)]
    [InlineData(1, 9, 0.021484375)]
    public void McNemar_is_the_binomial_test_on_the_discordant_pairs(int first, int second, double p)
    {
        McNemar.FromCounts(first, second).P.ShouldBe(p, 1e-9);
        McNemar.FromCounts(second, first).P.ShouldBe(p, 1e-9);
    }

    [Fact]
    public void McNemar_counts_only_the_examples_the_models_disagree_on()
    {
        var test = McNemar.Test([0, 1, 1, 0, 2], [0, 1, 0, 1, 2], [0, 0, 1, 1, 1]);
        (test.OnlyFirstRight, test.OnlySecondRight).ShouldBe((2, 1));
    }

    [Fact]
    public void Holm_steps_down_and_never_decreases()
    {
        // The worked example of Holm's procedure: 4 x 0.005, 3 x 0.01, 2 x 0.03, then no less than before.
        double[] adjusted = MultipleTests.Holm([0.01, 0.04, 0.03, 0.005]);
        double[] expected = [0.03, 0.06, 0.06, 0.02];
        for (var i = 0; i < 4; i++) adjusted[i].ShouldBe(expected[i], 1e-12);
    }

    [Fact]
    public void Benjamini_Hochberg_steps_up()
    {
        double[] adjusted = MultipleTests.BenjaminiHochberg([0.01, 0.04, 0.03, 0.005]);
        double[] expected = [0.02, 0.04, 0.04, 0.02];
        for (var i = 0; i < 4; i++) adjusted[i].ShouldBe(expected[i], 1e-12);
    }

    [Fact]
    public void Corrections_refuse_what_is_no_probability()
    {
        Should.Throw<ArgumentException>(() => MultipleTests.Holm([0.1, double.NaN]));
        MultipleTests.Holm([]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Newcombe_raises_few_false_alarms(int count)
    {
        var random = new Random(1);
        var alarms = 0;
        const int runs = 2000;
        for (var run = 0; run < runs; run++)
            if (Newcombe.Difference(Draw(random, count, 0.1), Draw(random, count, 0.1)).ExcludesZero) alarms++;
        ((double)alarms / runs).ShouldBeLessThanOrEqualTo(0.07);
    }

    static ErrorRate Draw(Random random, int count, double rate)
    {
        var errors = 0;
        for (var i = 0; i < count; i++)
            if (random.NextDouble() < rate) errors++;
        return new ErrorRate(errors, count);
    }
}
