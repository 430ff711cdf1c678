using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES103 and PES118 in watched programs, whose data are only seen as batches.</summary>
public sealed class WatchedColumnsTests
{
    const string Constant = "constant-feature";
    const string Target = "target-constant";

    static BatchObserved Columns(int step, double[] means, double[] stds, double zeros = 0, bool asks = false) => Batch(step, Phase.Train, null, Enumerable.Range(step * 20, 20)) with
    {
        Inputs = [Tensor(20, means.Length) with { Zeros = zeros, Hash = $"{step}", RequiresGrad = asks }],
        ChannelMeans = means,
        ChannelStds = stds,
    };

    static IEnumerable<Observation> Batches(int count, Func<int, Observation> batch) => Enumerable.Range(0, count).Select(batch);

    [Fact]
    public void A_column_that_never_changes_is_named()
    {
        var finding = Diagnose(Batches(5, i => Columns(i, [0.1 * i, 7, 3], [1, 0, 0.5]))).FindingOf(Constant).ShouldNotBeNull();

        (finding.Level, finding.Message).ShouldBe((Level.Warning, "column 1 of the inputs has the value 7 in every training batch"));
        finding.Location!.Line.ShouldBe(20);
    }

    [Fact]
    public void Inputs_that_never_change_at_all_are_an_error() =>
        Diagnose(Batches(5, i => Columns(i, [0, 0, 0], [0, 0, 0], zeros: 1))).FindingOf(Constant).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Error), f => f.Message.ShouldBe("the inputs never change: all are 0"));

    [Fact]
    public void An_intercept_is_silent() => Diagnose(Batches(5, i => Columns(i, [0.1 * i, 1, 3], [1, 0, 0.5]))).VerdictOf(Constant).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_rare_word_is_silent() => Diagnose(Batches(5, i => Columns(i, [0.1, 0, 0.2], [0.3, 0, 0.3], zeros: 0.8))).VerdictOf(Constant).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Constant_pixels_at_the_border_are_silent() =>
        Diagnose(Batches(5, i => Columns(i, [.. Enumerable.Range(0, 64).Select(c => (double)c)], [.. Enumerable.Range(0, 64).Select(c => c < 20 ? 0.0 : 1)]))).VerdictOf(Constant).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_column_that_differs_between_batches_of_one_row_varies() =>
        Diagnose(Batches(60, i => Columns(i, [i, 2.0 * i], [0, 0]))).VerdictOf(Constant).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_channel_of_pictures_may_be_constant() =>
        Diagnose(Batches(5, i => Columns(i, [0.5, 9], [1, 0]) with { Inputs = [Tensor(20, 2, 8, 8) with { Hash = $"{i}" }] })).FindingOf(Constant).ShouldBeNull();

    [Fact]
    public void Two_batches_are_not_enough() => Diagnose(Batches(2, i => Columns(i, [0.1 * i, 7], [1, 0]))).VerdictOf(Constant).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    static BatchObserved Labelled(int step, double low, double high, bool asks = false) => Columns(step, [step], [1], asks: asks) with { Target = Tensor(20) with { Min = low, Max = high } };

    [Fact]
    public void A_target_of_one_value_is_an_error()
    {
        var finding = Diagnose(Batches(5, i => Labelled(i, 0, 0))).FindingOf(Target).ShouldNotBeNull();

        (finding.Level, finding.Message).ShouldBe((Level.Error, "the target is 0 in every training example"));
    }

    [Fact]
    public void One_class_is_an_error() =>
        Diagnose(Batches(5, i => Labelled(i, 2, 2) with { Labels = new Dictionary<string, long> { ["2"] = 20 } })).FindingOf(Target).ShouldNotBeNull().Message.ShouldBe("every training example has the class 2");

    [Fact]
    public void Batches_of_one_class_each_vary() => Diagnose(Batches(5, i => Labelled(i, i, i))).VerdictOf(Target).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void The_residual_of_an_equation_is_to_be_zero() => Diagnose(Batches(5, i => Labelled(i, 0, 0, asks: true))).VerdictOf(Target).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void The_one_label_of_a_side_of_a_game_is_silent() =>
        Diagnose([Optimizer(), Optimizer(1), .. Batches(5, i => Labelled(i, 1, 1))]).VerdictOf(Target).ShouldBeOfType<Verdict.NotApplicable>();

    [Fact]
    public void Three_batches_of_one_value_are_not_enough() => Diagnose(Batches(3, i => Labelled(i, 1, 1))).VerdictOf(Target).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
