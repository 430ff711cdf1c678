using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Baselines;

public sealed class RegressorTests
{
    [Fact]
    public void Mean_and_median_are_those_of_the_training_targets()
    {
        var train = new ValuedRows(new FeatureMatrix(new float[4], 1), [1, 2, 3, 10]);
        ConstantTarget.Mean(train).Predict(new FeatureMatrix([0], 1)).ShouldBe([4f]);
        ConstantTarget.Median(train).Predict(new FeatureMatrix([0], 1)).ShouldBe([2.5f]);
    }

    [Fact]
    public void Ridge_recovers_a_line()
    {
        var rows = Simulated.Linear(500, 5, noise: 0.1, seed: 1);
        var test = rows.Select(Simulated.Range(400, 500));
        var model = RidgeRegression.Choose(rows.Select(Simulated.Range(0, 300)), rows.Select(Simulated.Range(300, 400)));
        Metrics.Regression(MetricKind.Rmse, test.Targets, model.Predict(test.Features)).Value.ShouldBe(0.1, 0.03);
    }

    [Fact]
    public void The_dual_form_agrees_with_the_primal_one()
    {
        // Appending a copy of every row leaves the fit as it is (λ is per row), but turns 6 rows x 10 features into 12 x 10.
        var few = Simulated.Linear(6, 10, 0.5, seed: 2);
        var many = new ValuedRows(new FeatureMatrix([.. few.Features.Values, .. few.Features.Values], 10), [.. few.Targets, .. few.Targets]);
        var query = Simulated.Linear(5, 10, 0, seed: 3).Features;
        var dual = RidgeRegression.Fit(few, 0.1).Predict(query);
        var primal = RidgeRegression.Fit(many, 0.1).Predict(query);
        for (var i = 0; i < 5; i++) dual[i].ShouldBe(primal[i], 1e-3f);
    }

    [Fact]
    public void Several_outputs_are_fitted_side_by_side()
    {
        var rows = Simulated.Linear(100, 3, 0, seed: 4);
        float[] both = [.. rows.Targets.SelectMany(t => new[] { t, -2 * t })];
        var predictions = RidgeRegression.Fit(new ValuedRows(rows.Features, both, 2), 1e-4).Predict(rows.Features);
        for (var i = 0; i < 100; i++) predictions[2 * i + 1].ShouldBe(-2 * predictions[2 * i], 0.01f);
    }

    [Fact]
    public void Nearest_neighbours_average_their_targets()
    {
        var train = new ValuedRows(new FeatureMatrix([0, 1, 10], 1), [2, 4, 100]);
        new KNearestRegressor(train, 2).Predict(new FeatureMatrix([0.4f], 1)).ShouldBe([3f]);
    }

    [Fact]
    public void A_constant_feature_and_one_row_do_no_harm()
    {
        var one = new ValuedRows(new FeatureMatrix([1, 2], 2), [7]);
        RidgeRegression.Choose(one, one).Predict(new FeatureMatrix([5, 5], 2)).ShouldBe([7f]);
    }
}
