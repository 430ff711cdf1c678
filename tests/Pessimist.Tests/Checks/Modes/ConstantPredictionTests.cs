using Pessimist.Checks;
using Pessimist.Checks.Modes;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Data.DataRuns;

namespace Pessimist.Tests.Checks.Modes;

public sealed class ConstantPredictionTests
{
    static Verdict Of(params IReadOnlyList<int>[] counts) =>
        Judge(new ConstantPrediction(new()), new ConfusionMeasured { Split = "validation", Classes = [.. counts.Select((_, k) => $"class {k}")], Counts = counts });

    static Verdict Mean(double model, int count = 100) => Judge(new ConstantPrediction(new()), new BaselineCompared
    {
        Baseline = "mean", Split = "validation", Metric = "rmse", ModelValue = model, BaselineValue = 2, P = 0.4, Count = count, ModelIsBetter = model < 2,
    });

    [Fact]
    public void One_class_for_everything_is_found() => Of([40, 0, 0], [35, 0, 0], [41, 0, 0]).Finding().ShouldSatisfyAllConditions(
        f => f.Level.ShouldBe(Level.Warning), f => f.Message.ShouldBe("the network predicts \"class 0\" for 100 % of the validation examples"));

    [Fact]
    public void The_mean_for_everything_is_found() => Mean(2.0004).Finding().Message.ShouldContain("mean");

    [Fact]
    public void A_cautious_network_on_skewed_classes_is_silent() => Of([970, 3], [20, 7]).ShouldPass();

    [Fact]
    public void An_error_near_that_of_the_mean_is_silent() => Mean(1.95).ShouldPass();

    [Fact]
    public void Few_examples_and_none_are_no_evidence()
    {
        Of([96, 0], [4, 0]).ShouldLackEvidence();
        Mean(2, count: 12).ShouldLackEvidence();
        Judge(new ConstantPrediction(new())).ShouldLackEvidence();
    }
}
