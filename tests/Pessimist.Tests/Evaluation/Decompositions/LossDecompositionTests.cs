using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Decompositions;

public sealed class LossDecompositionTests
{
    [Fact]
    public void Terms_add_up_to_the_last_loss()
    {
        var random = new Random(1);
        double[] train = Draw(random, 5000, 1), validation = Draw(random, 1000, 2), test = Draw(random, 1000, 2);
        var result = LossDecomposition.Of(new SplitLosses { Goal = 0.5, Train = train, Validation = validation, Test = test });
        (0.5 + result.Gaps.Sum(g => g.Value)).ShouldBe(test.Average(), 1e-9);
        result.Gaps.Select(g => g.Verdict).ShouldBe([GapVerdict.Real, GapVerdict.Real, GapVerdict.NoEvidence]);
    }

    [Fact]
    public void The_root_is_in_the_unit_of_rmse()
    {
        var result = LossDecomposition.Of(new SplitLosses
        {
            Goal = 1, Train = [.. Enumerable.Repeat(4.0, 100)], Validation = [.. Enumerable.Repeat(9.0, 100)], Root = true,
        });
        result.Gaps.Select(g => Math.Round(g.Value, 9)).ShouldBe([1.0, 1.0]);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(1000)]
    public void Equal_splits_with_skewed_losses_raise_few_false_alarms(int count)
    {
        var random = new Random(2);
        const int runs = 50;
        var alarms = Enumerable.Range(0, runs).Count(run => LossDecomposition.Of(new SplitLosses
        {
            Train = Draw(random, count, 1), Validation = Draw(random, count, 1), Test = Draw(random, count, 1), Seed = run,
        }).Gaps.Any(g => g.Verdict == GapVerdict.Real));
        ((double)alarms / runs).ShouldBeLessThanOrEqualTo(0.07);
    }

    [Fact]
    public void One_example_or_a_NaN_is_no_evidence()
    {
        LossDecomposition.Of(new SplitLosses { Train = [1, 2, 3], Validation = [9] }).Gaps.Single().Verdict.ShouldBe(GapVerdict.NoEvidence);
        LossDecomposition.Of(new SplitLosses { Train = [1], Validation = [9, 8, 9, 8] }).Gaps.Single().Verdict.ShouldBe(GapVerdict.NoEvidence);
        LossDecomposition.Of(new SplitLosses { Train = [1, 2], Validation = [9, double.NaN] }).Gaps.Single().Verdict.ShouldBe(GapVerdict.NoEvidence);
        LossDecomposition.Of(new SplitLosses { Train = [], Validation = [] }).Gaps.Single().Verdict.ShouldBe(GapVerdict.NoEvidence);
    }

    /// <summary>Exponential: skewed, as squared errors are.</summary>
    static double[] Draw(Random random, int count, double mean) =>
        [.. Enumerable.Range(0, count).Select(_ => -mean * Math.Log(1 - random.NextDouble()))];
}
