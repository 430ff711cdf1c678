using MathNet.Numerics.Distributions;
using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Baselines;

public sealed class ModelComparisonTests
{
    [Theory]
    [InlineData(MetricKind.Error)]
    [InlineData(MetricKind.MacroF1)]
    public void A_clearly_better_model_beats_and_the_other_way_round_is_worse(MetricKind kind)
    {
        var (labels, good, bad) = Classes(300, 0.1, 0.3, seed: 1);
        ModelComparison.ForClasses(kind, labels, good, bad, 2).Verdict.ShouldBe(ComparisonVerdict.Beats);
        ModelComparison.ForClasses(kind, labels, bad, good, 2).Verdict.ShouldBe(ComparisonVerdict.Worse);
        ModelComparison.ForClasses(kind, labels, good, good, 2).Verdict.ShouldBe(ComparisonVerdict.Ties);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Equally_good_classifiers_are_seldom_told_apart(int count)
    {
        const int runs = 300;
        var alarms = 0;
        for (var run = 0; run < runs; run++)
        {
            var (labels, first, second) = Classes(count, 0.2, 0.2, run);
            if (ModelComparison.ForClasses(MetricKind.Error, labels, first, second, 2).Verdict != ComparisonVerdict.Ties) alarms++;
        }

        ((double)alarms / runs).ShouldBeLessThanOrEqualTo(0.07);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(100)]
    public void Equally_good_regressors_are_seldom_told_apart(int count)
    {
        const int runs = 200;
        var random = new Random(4);
        var alarms = 0;
        for (var run = 0; run < runs; run++)
        {
            var targets = new float[count];
            if (ModelComparison.ForValues(MetricKind.Mse, targets, Noise(random, count, 1), Noise(random, count, 1)).Verdict != ComparisonVerdict.Ties) alarms++;
        }

        ((double)alarms / runs).ShouldBeLessThanOrEqualTo(0.07);
    }

    [Theory]
    [InlineData(MetricKind.Mse)]
    [InlineData(MetricKind.Rmse)]
    [InlineData(MetricKind.Mae)]
    [InlineData(MetricKind.R2)]
    public void A_clearly_better_regressor_beats(MetricKind kind)
    {
        var random = new Random(5);
        var targets = Noise(random, 200, 2);
        float[] near = [.. targets.Zip(Noise(random, 200, 0.5), (t, e) => t + e)], far = [.. targets.Zip(Noise(random, 200, 1), (t, e) => t + e)];
        ModelComparison.ForValues(kind, targets, near, far).Verdict.ShouldBe(ComparisonVerdict.Beats);
    }

    [Fact]
    public void Nothing_can_be_said_of_one_example_or_of_NaN()
    {
        ModelComparison.ForValues(MetricKind.Mse, [1], [1], [5]).Verdict.ShouldBe(ComparisonVerdict.Ties);
        ModelComparison.ForValues(MetricKind.Mse, [1, 2, 3], [1, float.NaN, 3], [1, 2, 3]).Verdict.ShouldBe(ComparisonVerdict.Ties);
        ModelComparison.ForValues(MetricKind.Mse, [], [], []).Verdict.ShouldBe(ComparisonVerdict.Ties);
    }

    static (int[] Labels, ClassPredictions First, ClassPredictions Second) Classes(int count, double firstError, double secondError, int seed)
    {
        var random = new Random(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(2))];
        return (labels, Predict(firstError), Predict(secondError));

        ClassPredictions Predict(double error) => new([.. labels.Select(l => random.NextDouble() < error ? 1 - l : l)], []);
    }

    static float[] Noise(Random random, int count, double deviation) => [.. Enumerable.Range(0, count).Select(_ => (float)Normal.Sample(random, 0, deviation))];
}
