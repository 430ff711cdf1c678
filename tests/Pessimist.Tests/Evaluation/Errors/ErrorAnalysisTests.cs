using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Errors;

public sealed class ErrorAnalysisTests
{
    [Fact]
    public void The_most_confused_pair_comes_first_with_its_examples()
    {
        int[] labels = [0, 0, 0, 0, 1, 1, 1, 2, 2];
        int[] predictions = [0, 1, 1, 2, 1, 1, 0, 2, 2];
        var matrix = new ConfusionMatrix(labels, predictions, 3);
        var pairs = matrix.MostConfused();
        pairs.Select(p => (p.Label, p.Predicted, p.Count)).ShouldBe([(0, 1, 2), (1, 0, 1), (0, 2, 1)]);
        pairs[0].Share.ShouldBe(0.5);
        pairs[0].Rate.ShouldBe(Wilson.Interval(2, 4));
        pairs[0].Examples.ShouldBe([1, 2]);
        (matrix.Errors, matrix[0, 1], matrix[2, 2]).ShouldBe((4, 2, 2));
    }

    [Fact]
    public void A_pair_is_exceptional_only_beyond_chance()
    {
        // Class 0 of five: 24 of its 30 errors go to class 1, where an even spread would give 7.5.
        int[] errors = [24, 2, 2, 2];
        var predictions = errors.SelectMany((count, k) => Enumerable.Repeat(k + 1, count)).ToArray();
        var pairs = new ConfusionMatrix(new int[30], predictions, 5).MostConfused();
        pairs.Select(p => p.IsExceptional).ShouldBe([true, false, false, false]);
        new ConfusionMatrix([0, 0], [1, 2], 5).MostConfused().ShouldAllBe(p => !p.IsExceptional);
    }

    [Fact]
    public void Two_classes_have_no_exceptional_pair() =>
        new ConfusionMatrix(new int[50], [.. Enumerable.Repeat(1, 50)], 2).MostConfused().Single().IsExceptional.ShouldBeFalse();

    [Fact]
    public void Recall_of_a_class_without_examples_is_unknown()
    {
        var recalls = new ConfusionMatrix([0, 0], [0, 1], 3).Recalls();
        recalls[0].Recall.ShouldBe(Wilson.Interval(1, 2));
        double.IsNaN(recalls[2].Recall.Value).ShouldBeTrue();
    }

    [Fact]
    public void Without_errors_nothing_is_confused()
    {
        new ConfusionMatrix([0, 1], [0, 1], 2).MostConfused().ShouldBeEmpty();
        new ConfusionMatrix([], [], 2).MostConfused().ShouldBeEmpty();
    }

    [Fact]
    public void A_class_out_of_range_is_refused() =>
        Should.Throw<ArgumentException>(() => new ConfusionMatrix([0, 3], [0, 0], 3)).Message.ShouldContain("0..2");

    [Fact]
    public void Top_losses_are_capped_per_class_and_NaN_comes_first()
    {
        double[] losses = [5, 4, 3, 2, double.NaN, 0];
        var top = TopLosses.Of(losses, 3, [0, 0, 0, 1, 1, 1], perClass: 2);
        top.Highest.ShouldBe([4, 0, 1]);
        top.Lowest.ShouldBe([5, 3, 2]);
    }
}
