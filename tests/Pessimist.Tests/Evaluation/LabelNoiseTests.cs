using MathNet.Numerics.Distributions;
using Pessimist.Checks;
using Pessimist.Evaluation;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Evaluation;

/// <summary>Confident learning, with the judgement of noisy-labels: noisy sets speak, hard but clean ones do not.</summary>
public sealed class LabelNoiseTests
{
    static LabelNoise Measure(ClassifiedRows rows, int classes) =>
        LabelNoise.Measure(rows.Labels, OutOfSample.Probabilities(rows, classes, cancellation: TestContext.Current.CancellationToken), classes).ShouldNotBeNull();

    static Verdict Judge(LabelNoise n) => Diagnose(new LabelNoiseMeasured(n.Count, n.Errors, n.SureErrors, n.Expected, n.P, n.Share.Value, n.Share.Low, n.Share.High, n.Majority)).VerdictOf("noisy-labels");

    /// <summary>A share of labels replaced by another class, and which.</summary>
    static (ClassifiedRows Rows, HashSet<int> Wrong) Noisy(ClassifiedRows rows, int classes, double share)
    {
        var random = new Random(5);
        var labels = (int[])rows.Labels.Clone();
        HashSet<int> wrong = [];
        for (var i = 0; i < labels.Length; i++)
        {
            if (random.NextDouble() >= share) continue;
            labels[i] = (labels[i] + random.Next(1, classes)) % classes;
            wrong.Add(i);
        }

        return (new ClassifiedRows(rows.Features, labels), wrong);
    }

    [Fact]
    public void Digits_with_wrong_labels_are_noisy_and_most_suspects_are_wrong()
    {
        var (rows, wrong) = Noisy(DigitsSample.Rows, 10, 0.05);
        var noise = Measure(rows, 10);

        Judge(noise).ShouldBeOfType<Verdict.Found>();
        noise.Share.Value.ShouldBe(0.05, 0.025);
        noise.Suspects.Count(s => wrong.Contains(s.Example)).ShouldBeGreaterThan((int)(0.8 * noise.Suspects.Count));
        noise.Suspects.Take(20).Count(s => wrong.Contains(s.Example)).ShouldBeGreaterThanOrEqualTo(19);
    }

    [Fact]
    public void Digits_as_they_are_are_clean() => Judge(Measure(DigitsSample.Rows, 10)).ShouldBeOfType<Verdict.Passed>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4.5)]
    public void Classes_that_overlap_are_hard_and_not_noisy(double distance) =>
        Judge(Measure(Simulated.Classes(1500, 4, 2, distance, seed: 3), 2)).ShouldNotBeOfType<Verdict.Found>();

    [Fact]
    public void Half_moons_that_overlap_are_not_noisy()
    {
        var random = new Random(1);
        var labels = Enumerable.Range(0, 1500).Select(i => i % 2).ToArray();
        var values = labels.SelectMany(label =>
        {
            var angle = Math.PI * random.NextDouble();
            var (x, y) = label == 0 ? (Math.Cos(angle), Math.Sin(angle)) : (1 - Math.Cos(angle), 0.5 - Math.Sin(angle));
            return new[] { (float)Normal.Sample(random, x, 0.25), (float)Normal.Sample(random, y, 0.25) };
        }).ToArray();

        Judge(Measure(new ClassifiedRows(new FeatureMatrix(values, 2), labels), 2)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_group_that_one_model_cannot_see_is_not_noisy()
    {
        // Deep within the other class for a linear model, and quite regular for neighbours.
        var random = new Random(2);
        var values = Enumerable.Range(0, 1500 * 3).Select(_ => (float)Normal.Sample(random, 0, 1)).ToArray();
        int[] labels = [.. Enumerable.Range(0, 1500).Select(i => Math.Pow(values[3 * i] - 1.5, 2) + Math.Pow(values[3 * i + 1], 2) < 0.25 ? 0 : values[3 * i] > 0 ? 1 : 0)];

        Judge(Measure(new ClassifiedRows(new FeatureMatrix(values, 3), labels), 2)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Labels_without_any_connection_are_no_matter_of_noise() =>
        Judge(Measure(new ClassifiedRows(DigitsSample.Rows.Features, DigitsSample.Shuffled(1)), 10)).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void A_rare_class_that_nothing_tells_apart_is_not_noisy()
    {
        var random = new Random(4);
        var rows = Simulated.Classes(1500, 4, 2, 0, seed: 4);
        Judge(Measure(new ClassifiedRows(rows.Features, [.. rows.Labels.Select(_ => random.NextDouble() < 0.1 ? 1 : 0)]), 2)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Too_few_examples_are_not_measured() => LabelNoise.Measure([0, 1, 0], [1, 0, 0, 1, 1, 0], 2).ShouldBeNull();

    [Fact]
    public void Probabilities_are_out_of_sample()
    {
        // Every example is alone with its label: what it was fitted on would know it, what it was not cannot.
        var random = new Random(0);
        var rows = new ClassifiedRows(new FeatureMatrix([.. Enumerable.Range(0, 400).Select(_ => (float)random.NextDouble())], 1), [.. Enumerable.Range(0, 400).Select(_ => random.Next(2))]);
        var probabilities = OutOfSample.Probabilities(rows, 2, cancellation: TestContext.Current.CancellationToken);

        var right = Enumerable.Range(0, 400).Count(i => probabilities[2 * i + rows.Labels[i]] > 0.5);
        right.ShouldBeInRange(150, 250);
        Enumerable.Range(0, 400).ShouldAllBe(i => Math.Abs(probabilities[2 * i] + probabilities[2 * i + 1] - 1) < 1e-4);
    }
}
