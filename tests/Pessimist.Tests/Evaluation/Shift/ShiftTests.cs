using MathNet.Numerics.Distributions;
using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Shift;

public sealed class ShiftTests
{
    [Fact]
    public void Kolmogorov_Smirnov_agrees_with_a_count_by_hand()
    {
        // Distribution functions of {1,2,3,4} and {3,4,5,6} are furthest apart at 2: 0.5 against 0.
        KolmogorovSmirnov.Test([1, 2, 3, 4], [3, 4, 5, 6]).D.ShouldBe(0.5, 1e-12);
        KolmogorovSmirnov.Test([1, 1, 1], [1, 1, 1]).ShouldBe(new KolmogorovSmirnov(0, 1));
        KolmogorovSmirnov.Test([], [1]).P.ShouldBe(1);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Kolmogorov_Smirnov_raises_few_false_alarms(int count)
    {
        var random = new Random(1);
        const int runs = 1000;
        var alarms = Enumerable.Range(0, runs).Count(_ => KolmogorovSmirnov.Test(Noise(random, count), Noise(random, count)).P <= 0.05);
        ((double)alarms / runs).ShouldBeInRange(count == 1000 ? 0.03 : 0, 0.07);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(400)]
    public void Two_halves_of_one_set_are_silent(int count)
    {
        const int runs = 30;
        var alarms = 0;
        for (var seed = 0; seed < runs; seed++)
        {
            var rows = Simulated.Classes(2 * count, 6, 3, 4, seed).Features;
            var result = Run(rows.Select(Simulated.Range(0, count)), rows.Select(Simulated.Range(count, 2 * count)), seed);
            if (result.Verdict == ShiftVerdict.Shifted) alarms++;
        }

        ((double)alarms / runs).ShouldBeLessThanOrEqualTo(0.07);
    }

    [Fact]
    public void A_moved_feature_is_found_and_named()
    {
        var (first, second) = Pair(400);
        for (var i = 0; i < second.Rows; i++) second.Values[i * 6 + 4] += 1.5f;
        var result = Run(first, second);
        result.Verdict.ShouldBe(ShiftVerdict.Shifted);
        result.Features.Select(f => f.Column).ShouldBe([4]);
        (result.Features[0].SecondMedian - result.Features[0].FirstMedian).ShouldBe(1.5, 0.4);
    }

    [Fact]
    public void A_change_of_spread_alone_is_found()
    {
        var (first, second) = Pair(500);
        for (var i = 0; i < second.Rows; i++) second.Values[i * 6 + 2] *= 3;
        Run(first, second).Verdict.ShouldBe(ShiftVerdict.Shifted);
    }

    [Fact]
    public void A_certain_but_small_difference_is_no_finding()
    {
        var (first, second) = Pair(2000);
        for (var i = 0; i < second.Rows; i++) second.Values[i * 6] += 0.15f;
        var result = Run(first, second);
        result.P.ShouldBeLessThan(0.01);
        result.Verdict.ShouldBe(ShiftVerdict.NotFound);
        result.Features.ShouldBeEmpty();
    }

    [Fact]
    public void Few_rows_tell_nothing()
    {
        var (first, second) = Pair(29);
        var result = Run(first, second);
        result.Verdict.ShouldBe(ShiftVerdict.CannotTell);
        result.Reason.ShouldContain("at least 30");
        Run(first, new FeatureMatrix([], 6)).Verdict.ShouldBe(ShiftVerdict.CannotTell);
    }

    [Fact]
    public void Constant_features_are_no_shift()
    {
        var constant = new FeatureMatrix(new float[400], 4);
        Run(constant, constant).Verdict.ShouldBe(ShiftVerdict.NotFound);
    }

    [Fact]
    public void Class_shares_that_differ_are_found_and_equal_ones_are_not()
    {
        var random = new Random(1);
        int[] even = [.. Enumerable.Range(0, 500).Select(_ => random.Next(3))], skewed = [.. Enumerable.Range(0, 500).Select(_ => random.Next(5) / 2)];
        LabelShift.Test(even, skewed, 3).Verdict.ShouldBe(ShiftVerdict.Shifted);
        LabelShift.Test(even, even, 3).ShouldBe(new LabelShift(ShiftVerdict.NotFound, 0, 1));
        LabelShift.Test(even, skewed.AsSpan(0, 10), 3).Verdict.ShouldBe(ShiftVerdict.CannotTell);
        LabelShift.Test(new int[50], new int[50], 1).Verdict.ShouldBe(ShiftVerdict.NotFound);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Equal_class_shares_with_rare_classes_raise_few_false_alarms(int count)
    {
        var random = new Random(2);
        const int runs = 500;
        var small = Enumerable.Range(0, runs).Count(_ => LabelShift.Test(Labels(), Labels(), 6).P <= 0.05);
        ((double)small / runs).ShouldBeLessThanOrEqualTo(0.07);

        int[] Labels() => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < 0.05 ? 2 + random.Next(4) : random.Next(2))];
    }

    static ShiftTest Run(FeatureMatrix first, FeatureMatrix second, int seed = 0) =>
        ShiftTest.Run(first, second, new ShiftOptions { Seed = seed, Cancellation = TestContext.Current.CancellationToken });

    static (FeatureMatrix First, FeatureMatrix Second) Pair(int count)
    {
        var rows = Simulated.Classes(2 * count, 6, 3, 3, seed: 8).Features;
        return (rows.Select(Simulated.Range(0, count)), rows.Select(Simulated.Range(count, 2 * count)));
    }

    static float[] Noise(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)Normal.Sample(random, 0, 1))];
}
