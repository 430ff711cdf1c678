using Pessimist.Engine.Python.Trials;
using Pessimist.Experiments;

namespace Pessimist.Engine.Tests.Python.Trials;

public sealed class ComparisonTests
{
    static double[] Falling(double to) => [.. Enumerable.Range(0, 101).Select(i => to + (2.3 - to) * Math.Exp(-i / 10.0))];

    static double[] Flat() => [.. Enumerable.Range(0, 101).Select(i => 2.3 + 0.01 * Math.Sin(i))];

    static double[] Wild() => [2.3, 40, 97, .. Enumerable.Range(3, 98).Select(i => 7 + 2 * Math.Sin(i))];

    static Comparison Of(double[][] before, double[][] after) => new(Recipe.Of(new SetLearningRate(0.001)), before, after, null);

    [Fact]
    public void A_loss_that_falls_where_it_stood_or_leapt_with_every_seed_is_helped()
    {
        var comparison = Of([Flat(), Wild()], [Falling(0.1), Falling(0.2)]);
        comparison.Helps.ShouldBeTrue();
        comparison.Words.ShouldStartWith("with lr 0.001 the loss after 100 steps is 0.1");
        comparison.Words.ShouldContain("with another seed");
        Of([[2.3, double.NaN]], [Falling(0.1)]).Helps.ShouldBeFalse();
        Of([[2.3, .. Enumerable.Repeat(double.NaN, 100)]], [Falling(0.1)]).Helps.ShouldBeTrue();
    }

    [Fact]
    public void A_little_better_or_with_one_seed_only_is_no_help()
    {
        Of([Falling(0.5), Falling(0.5)], [Falling(0.4), Falling(0.4)]).Helps.ShouldBeFalse();
        Of([Flat(), Flat()], [Falling(0.1), Flat()]).Helps.ShouldBeFalse();
    }

    [Fact]
    public void A_change_that_could_not_be_made_says_why() =>
        (Of([Flat()], [Flat()]) with { Refused = "there is no softmax" }).Words.ShouldBe("lr 0.001 cannot be had: there is no softmax");
}
