using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Baselines;

public sealed class BaselineLadderTests
{
    [Fact]
    public void Every_rung_is_scored_on_the_evaluation_rows()
    {
        var rows = Simulated.Classes(900, 8, 4, 4, seed: 5);
        var results = BaselineLadder.ForClasses(
            rows.Select(Simulated.Range(0, 500)), rows.Select(Simulated.Range(500, 700)), rows.Select(Simulated.Range(700, 900)), 4, MetricKind.Accuracy);
        results.Select(r => r.Name).ShouldBe(["majority class", "nearest class mean", "softmax regression", "k-NN"]);
        results.ShouldAllBe(r => r.Metric.Count == 200 && r.Classes!.Classes.Length == 200);
        var best = BaselineLadder.Best(results)!;
        best.Metric.Value.ShouldBe(results.Max(r => r.Metric.Value));
        best.Metric.Value.ShouldBeGreaterThan(results[0].Metric.Value + 0.2);
    }

    [Fact]
    public void For_numbers_the_lower_loss_is_best()
    {
        var rows = Simulated.Linear(400, 4, 0.5, seed: 6);
        var results = BaselineLadder.ForValues(
            rows.Select(Simulated.Range(0, 200)), rows.Select(Simulated.Range(200, 300)), rows.Select(Simulated.Range(300, 400)), MetricKind.Mse);
        results.Select(r => r.Name).ShouldBe(["mean", "median", "linear regression", "k-NN"]);
        BaselineLadder.Best(results)!.Name.ShouldBe("linear regression");
    }

    [Fact]
    public void Large_training_sets_are_thinned_the_same_way_for_a_seed()
    {
        var rows = Simulated.Classes(400, 3, 2, 2, seed: 7);
        var options = new BaselineOptions { MaxTrainingRows = 50, Seed = 3 };
        var first = BaselineLadder.ForClasses(rows, rows, rows, 2, MetricKind.LogLoss, options);
        var second = BaselineLadder.ForClasses(rows, rows, rows, 2, MetricKind.LogLoss, options);
        first[3].Description.ShouldContain("(of 50)");
        first.Select(r => r.Metric).ShouldBe(second.Select(r => r.Metric));
    }
}
