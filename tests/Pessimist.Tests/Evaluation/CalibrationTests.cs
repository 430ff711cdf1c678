using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation;

public sealed class CalibrationTests
{
    [Theory]
    [InlineData(100, 0.068, 0.111)]
    [InlineData(1000, 0.022, 0.034)]
    public void A_calibrated_model_scores_what_chance_gives(int count, double mean, double high)
    {
        // Published for confidences spread over the bins as those of trained networks are: the size is what matters.
        var (labels, probabilities) = Draw(count, sharpen: 1, seed: 1);
        var result = Calibration.Measure(labels, probabilities, 2)!;
        result.NullMean.ShouldBe(mean, 0.35 * mean);
        result.NullHigh.ShouldBe(high, 0.35 * high);
        result.P.ShouldBeGreaterThan(0.01);
    }

    [Fact]
    public void An_overconfident_model_is_told_from_chance()
    {
        var (labels, probabilities) = Draw(1000, sharpen: 3, seed: 2);
        var result = Calibration.Measure(labels, probabilities, 2)!;
        result.P.ShouldBe(1 / 201.0, 1e-9);
        result.Confidence.ShouldBeGreaterThan(result.Accuracy + 0.05);
    }

    [Fact]
    public void Calibrated_models_raise_few_false_alarms()
    {
        const int runs = 200;
        var alarms = 0;
        for (var seed = 0; seed < runs; seed++)
        {
            var (labels, probabilities) = Draw(100, sharpen: 1, seed);
            if (Calibration.Measure(labels, probabilities, 2, seed)!.P <= 0.05) alarms++;
        }

        ((double)alarms / runs).ShouldBeLessThanOrEqualTo(0.07);
    }

    [Fact]
    public void Nothing_is_measured_without_examples_or_with_NaN()
    {
        Calibration.Measure([], [], 2).ShouldBeNull();
        Calibration.Measure([0], [float.NaN, 1], 2).ShouldBeNull();
        Calibration.Measure([0], [1, 0], 2)!.Error.ShouldBe(0);
    }

    /// <summary>Two classes whose true log-odds are uniform in ±4; the model claims <paramref name="sharpen"/> times as much.</summary>
    static (int[] Labels, float[] Probabilities) Draw(int count, double sharpen, int seed)
    {
        var random = new Random(seed);
        var labels = new int[count];
        var probabilities = new float[2 * count];
        for (var i = 0; i < count; i++)
        {
            var odds = 8 * random.NextDouble() - 4;
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-odds)) ? 1 : 0;
            probabilities[2 * i + 1] = (float)(1 / (1 + Math.Exp(-sharpen * odds)));
            probabilities[2 * i] = 1 - probabilities[2 * i + 1];
        }

        return (labels, probabilities);
    }
}
