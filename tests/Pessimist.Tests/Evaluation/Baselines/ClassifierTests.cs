using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Baselines;

public sealed class ClassifierTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_majority_class_is_always_predicted()
    {
        var predictions = MajorityClass.Fit([1, 1, 0], 3).Predict(new FeatureMatrix([0, 0], 1));
        predictions.Classes.ShouldBe([1, 1]);
        predictions.Probabilities[..3].ShouldBe([2 / 6f, 3 / 6f, 1 / 6f]);
    }

    [Fact]
    public void The_nearest_mean_wins_and_an_absent_class_never_does()
    {
        var train = new ClassifiedRows(new FeatureMatrix([0, 2, 10, 12], 1), [0, 0, 2, 2]);
        var predictions = NearestClassMean.Fit(train, 3).Predict(new FeatureMatrix([5, 7], 1));
        predictions.Classes.ShouldBe([0, 2]);
        predictions.Probabilities[1].ShouldBe(0);
        predictions.Probabilities[..3].Sum().ShouldBe(1, 1e-6);
    }

    [Fact]
    public void A_tie_goes_to_the_nearer_neighbour()
    {
        var train = new ClassifiedRows(new FeatureMatrix([1, -2, 3], 1), [2, 0, 1]);
        new KNearestClassifier(train, 3, 3).Predict(new FeatureMatrix([0], 1)).Classes.ShouldBe([2]);
    }

    [Fact]
    public void The_number_of_neighbours_is_chosen_on_validation()
    {
        // One mislabelled row among class 0: only k = 1 falls for it.
        var train = new ClassifiedRows(new FeatureMatrix([0, 0.1f, 0.2f, 0.3f, 9, 9.1f, 9.2f], 1), [0, 1, 0, 0, 1, 1, 1]);
        var validation = new ClassifiedRows(new FeatureMatrix([0.11f, 9.05f], 1), [0, 1]);
        KNearestClassifier.Choose(train, validation, 2, [1, 3, 5], Stop).Neighbours.ShouldBe(3);
    }

    [Fact]
    public void Softmax_regression_is_at_the_minimum_of_its_objective()
    {
        // Two balanced points at x = ±1 with weights ±w: the gradient vanishes where 1 - p = penalty·w, with p = σ(2w).
        var train = new ClassifiedRows(new FeatureMatrix([1, 3], 1), [0, 1]);
        const double penalty = 0.1;
        var w = 0.0;
        for (var i = 0; i < 10_000; i++) w += 0.05 * (1 / (1 + Math.Exp(2 * w)) - penalty * w);
        var probabilities = SoftmaxRegression.Fit(train, 2, penalty, Stop).Predict(new FeatureMatrix([3], 1)).Probabilities;
        probabilities[1].ShouldBe((float)(1 / (1 + Math.Exp(-2 * w))), 1e-3f);
    }

    [Fact]
    public void Softmax_regression_nears_the_best_possible_error()
    {
        // Two unit Gaussians 2 apart: no model errs less than Φ(-1) = 15.9 %.
        var rows = Simulated.Classes(6000, 6, 2, 0, seed: 3);
        for (var i = 0; i < rows.Count; i++) rows.Features.Values[i * 6 + 2] += 2 * rows.Labels[i];
        var model = SoftmaxRegression.Choose(rows.Select(Simulated.Range(0, 2000)), rows.Select(Simulated.Range(2000, 3000)), 2, Stop);
        var test = rows.Select(Simulated.Range(3000, 6000));
        ErrorRate.Of(test.Labels, model.Predict(test.Features).Classes).Value.ShouldBe(0.159, 0.02);
    }

    [Fact]
    public void A_constant_feature_and_an_absent_class_do_no_harm()
    {
        var train = new ClassifiedRows(new FeatureMatrix([1, 7, 2, 7, 8, 7, 9, 7], 2), [0, 0, 2, 2]);
        var predictions = SoftmaxRegression.Choose(train, train, 3, Stop).Predict(new FeatureMatrix([1, 7, 9, 1000], 2));
        predictions.Classes.ShouldBe([0, 2]);
        predictions.Probabilities.ShouldAllBe(p => float.IsFinite(p));
    }

    [Fact]
    public void Separable_classes_stay_finite()
    {
        var train = new ClassifiedRows(new FeatureMatrix([-1000, -999, 999, 1000], 1), [0, 0, 1, 1]);
        var predictions = SoftmaxRegression.Choose(train, train, 2, Stop).Predict(train.Features);
        predictions.Classes.ShouldBe(train.Labels);
        predictions.Probabilities.ShouldAllBe(p => float.IsFinite(p));
    }

    [Fact]
    public void No_training_rows_are_refused()
    {
        var none = new ClassifiedRows(new FeatureMatrix([], 2), []);
        Should.Throw<ArgumentException>(() => SoftmaxRegression.Fit(none, 2, 0.1, Stop));
        Should.Throw<ArgumentException>(() => NearestClassMean.Fit(none, 2));
        Should.Throw<ArgumentException>(() => new KNearestClassifier(none, 2, 1));
    }
}
