using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation;

public sealed class MetricsTests
{
    static readonly int[] _labels = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2];
    static readonly int[] _predictions = [0, 0, 0, 1, 1, 1, 0, 2, 2, 1];

    [Theory]
    [InlineData(MetricKind.Error, 0.3)]
    [InlineData(MetricKind.Accuracy, 0.7)]
    [InlineData(MetricKind.MacroF1, (0.75 + 4.0 / 7 + 0.8) / 3)]
    [InlineData(MetricKind.BalancedAccuracy, (0.75 + 2.0 / 3 + 2.0 / 3) / 3)]
    public void Class_metrics_agree_with_a_count_by_hand(MetricKind kind, double value)
    {
        var metric = Metrics.Classification(kind, _labels, _predictions, null, 3);
        metric.Value.ShouldBe(value, 1e-12);
        metric.Low.ShouldBeLessThan(value);
        metric.High.ShouldBeGreaterThan(value);
        metric.Count.ShouldBe(10);
    }

    [Fact]
    public void A_rate_has_the_Wilson_interval()
    {
        var metric = Metrics.Classification(MetricKind.Accuracy, _labels, _predictions, null, 3);
        new Estimate(metric.Value, metric.Low, metric.High).ShouldBe(Wilson.Interval(7, 10));
    }

    [Fact]
    public void Log_loss_is_the_mean_of_minus_ln_p_and_finite_at_0()
    {
        float[] probabilities = [0.5f, 0.5f, 0.25f, 0.75f, 1, 0];
        Metrics.Classification(MetricKind.LogLoss, [0, 1, 1], [0, 1, 0], probabilities, 2).Value
            .ShouldBe((Math.Log(2) - Math.Log(0.75) - Math.Log(Losses.SmallestProbability)) / 3, 1e-9);
    }

    [Fact]
    public void Auc_counts_a_tie_as_half()
    {
        // Positives score 0.8 and 0.5, negatives 0.5 and 0.1: 3.5 of 4 pairs are in order.
        float[] probabilities = [0.2f, 0.8f, 0.5f, 0.5f, 0.5f, 0.5f, 0.9f, 0.1f];
        Metrics.Classification(MetricKind.Auc, [1, 1, 0, 0], [1, 1, 0, 0], probabilities, 2).Value.ShouldBe(0.875, 1e-12);
    }

    [Fact]
    public void Auc_of_one_class_is_undefined()
    {
        var metric = Metrics.Classification(MetricKind.Auc, [1, 1], [1, 1], [0.2f, 0.8f, 0.5f, 0.5f], 2);
        double.IsNaN(metric.Value).ShouldBeTrue();
        double.IsNaN(metric.Low).ShouldBeTrue();
    }

    [Theory]
    [InlineData(MetricKind.Mse, 0.875)]
    [InlineData(MetricKind.Rmse, 0.9354143466934853)]
    [InlineData(MetricKind.Mae, 0.75)]
    [InlineData(MetricKind.R2, 1 - 3.5 / 5)]
    public void Number_metrics_agree_with_a_count_by_hand(MetricKind kind, double value) =>
        Metrics.Regression(kind, [1, 2, 3, 4], [1, 2.5f, 2, 5.5f]).Value.ShouldBe(value, 1e-9);

    [Fact]
    public void Several_outputs_are_averaged()
    {
        var metric = Metrics.Regression(MetricKind.Mae, [0, 0, 0, 0], [1, 3, 2, 2], outputs: 2);
        (metric.Value, metric.Count).ShouldBe((2.0, 2));
    }

    [Fact]
    public void A_constant_target_has_no_r2() =>
        double.IsNaN(Metrics.Regression(MetricKind.R2, [2, 2, 2], [2, 2, 1]).Value).ShouldBeTrue();

    [Fact]
    public void NaN_predictions_give_NaN_and_no_interval()
    {
        var metric = Metrics.Regression(MetricKind.Mse, [1, 2, 3], [1, float.NaN, 3]);
        double.IsNaN(metric.Value).ShouldBeTrue();
        double.IsNaN(metric.High).ShouldBeTrue();
    }

    [Fact]
    public void No_examples_give_NaN()
    {
        double.IsNaN(Metrics.Regression(MetricKind.Mse, [], []).Value).ShouldBeTrue();
        double.IsNaN(Metrics.Classification(MetricKind.MacroF1, [], [], null, 3).Value).ShouldBeTrue();
        double.IsNaN(Metrics.Classification(MetricKind.Error, [], [], null, 3).Value).ShouldBeTrue();
    }

    [Fact]
    public void Groups_give_a_rate_a_wider_interval()
    {
        var labels = new int[200];
        var predictions = labels.Select((_, i) => i / 20 % 3 == 0 ? 1 : 0).ToArray();
        var groups = labels.Select((_, i) => i / 20).ToArray();
        var single = Metrics.Classification(MetricKind.Error, labels, predictions, null, 2);
        var grouped = Metrics.Classification(MetricKind.Error, labels, predictions, null, 2, new IntervalOptions(Groups: groups));
        (grouped.High - grouped.Low).ShouldBeGreaterThan(2 * (single.High - single.Low));
    }

    [Theory]
    [InlineData("Accuracy", MetricKind.Accuracy)]
    [InlineData("macro_f1", MetricKind.MacroF1)]
    [InlineData("roc auc", MetricKind.Auc)]
    public void A_metric_is_found_by_name(string name, MetricKind kind) => MetricKinds.Parse(name).ShouldBe(kind);

    [Fact]
    public void Every_listed_name_is_understood() =>
        MetricKinds.Names.Select(n => MetricKinds.Parse(n).Name).ShouldBe(MetricKinds.Names);

    [Fact]
    public void A_misspelt_metric_is_met_with_the_nearest_name()
    {
        var thrown = Should.Throw<PessimistException>(() => MetricKinds.Parse("acuracy"));
        thrown.Message.ShouldContain("did you mean 'accuracy'");
        thrown.Help!.ShouldContain("balanced-accuracy");
    }

    [Fact]
    public void A_metric_for_the_other_task_is_refused()
    {
        Should.Throw<ArgumentException>(() => Metrics.Classification(MetricKind.Mse, [0], [0], null, 2));
        Should.Throw<ArgumentException>(() => Metrics.Regression(MetricKind.Auc, [0], [0]));
        Should.Throw<ArgumentException>(() => Metrics.Classification(MetricKind.LogLoss, [0], [0], null, 2));
    }
}
