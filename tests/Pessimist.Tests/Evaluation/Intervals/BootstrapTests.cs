using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void The_interval_of_a_mean_agrees_with_theory()
    {
        var random = new Random(3);
        var values = new double[400];
        for (var i = 0; i < values.Length; i++) values[i] = random.NextDouble();
        var interval = Bootstrap.Percentile(values.Length, Mean(values));
        var half = 1.96 / Math.Sqrt(12 * values.Length);
        interval.Value.ShouldBe(values.Average(), 1e-12);
        (interval.High - interval.Low).ShouldBe(2 * half, 0.3 * half);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval()
    {
        double[] values = [1, 2, 3, 4, 5, 9];
        Bootstrap.Percentile(6, Mean(values), seed: 4).ShouldBe(Bootstrap.Percentile(6, Mean(values), seed: 4));
    }

    [Fact]
    public void Groups_widen_the_interval()
    {
        // 20 groups of 10 equal values: 200 examples, but only 20 pieces of information.
        var random = new Random(5);
        var groups = Enumerable.Range(0, 200).Select(i => i / 10).ToArray();
        var perGroup = Enumerable.Range(0, 20).Select(_ => random.NextDouble()).ToArray();
        var values = groups.Select(g => perGroup[g]).ToArray();
        var single = Bootstrap.Percentile(200, Mean(values));
        var grouped = Bootstrap.Percentile(200, Mean(values), groups: groups);
        (grouped.High - grouped.Low).ShouldBeGreaterThan(2.5 * (single.High - single.Low));
    }

    [Fact]
    public void Too_little_gives_no_interval()
    {
        double.IsNaN(Bootstrap.Percentile(0, _ => 1).Value).ShouldBeTrue();
        Bootstrap.Percentile(1, _ => 1).ShouldBe(new Estimate(1, double.NaN, double.NaN));
        Bootstrap.Percentile(5, _ => 1, groups: [1, 1, 1, 1, 1]).ExcludesZero.ShouldBeFalse();
        Bootstrap.Percentile(5, _ => double.NaN).ExcludesZero.ShouldBeFalse();
    }

    static Func<ReadOnlySpan<int>, double> Mean(double[] values) => weights =>
    {
        double sum = 0, total = 0;
        for (var i = 0; i < weights.Length; i++) (sum, total) = (sum + weights[i] * values[i], total + weights[i]);
        return sum / total;
    };
}
