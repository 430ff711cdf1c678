using Pessimist.Data;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Data;

public sealed class NormalizerTests
{
    [Fact]
    public void Columns_get_mean_0_and_standard_deviation_1()
    {
        var train = DataSet.OfClasses([1, 1_000_000, 3, 1_000_004], [2], [0, 1], ["a", "b"]);

        var normalizer = Normalizer.Fit(train);
        var normalized = normalizer.Apply(train);

        normalized.Inputs.ShouldBe([-1, -1, 1, 1]);
        normalizer.Check(normalized).Passed.ShouldBeTrue();
    }

    [Fact]
    public void Only_the_training_rows_are_measured()
    {
        var normalizer = Normalizer.Fit(DataSet.OfClasses([0, 2], [1], [0, 1], ["a", "b"]));

        normalizer.Apply(DataSet.OfClasses([100], [1], [0], ["a", "b"])).Inputs.ShouldBe([99]);
    }

    [Fact]
    public void What_does_not_vary_is_centred_and_not_blown_up()
    {
        var train = DataSet.OfClasses([3, 0, 3, 2], [2], [0, 1], ["a", "b"]);

        var normalizer = Normalizer.Fit(train);

        normalizer.Apply(train).Inputs.ShouldBe([0, -1, 0, 1]);
        normalizer.Check(normalizer.Apply(train)).Measured.ShouldBe(1);
        normalizer.Apply(DataSet.OfClasses([4, 1], [2], [0], ["a", "b"])).Inputs.ShouldBe([1, 0]);
    }

    [Fact]
    public void One_hot_inputs_stay_0_and_1()
    {
        var prepared = Of(Texts("c", 40, i => i % 4 == 0 ? "red" : "blue"), Numbers("x", 40, i => i % 10), Texts("y", 40, i => i % 2 == 0 ? "a" : "b")).Prepare();

        for (var i = 0; i < prepared.Train.Count; i++) prepared.Train.Input(i)[..2].ToArray().Order().ShouldBe([0, 1]);
        prepared.Normalizer.Check(prepared.Train).Passed.ShouldBeTrue();
    }

    [Fact]
    public void Pictures_are_normalised_per_channel_in_units_of_255()
    {
        var train = DataSet.OfClasses([0, 255, 51, 51, 255, 0, 51, 51], [2, 1, 2], [0, 1], ["a", "b"]);

        var normalizer = Normalizer.Fit(train, bytes: true);

        normalizer.Apply(train).Inputs.ShouldBe([-1, 1, 0, 0, 1, -1, 0, 0]);
        normalizer.Words.ShouldStartWith("divided by 255, then channel 0 minus 0.5, divided by 0.5");
    }

    [Fact]
    public void Pixel_columns_have_a_scale_each_as_all_columns_of_a_table()
    {
        var train = DataSet.OfClasses([0, 16, 16, 0, 8, 8, 8, 8], [4], [0, 1], ["a", "b"]);

        var normalizer = Normalizer.Fit(train, pixels: new PixelGrid(2, 2));

        normalizer.Scale.Count.ShouldBe(4);
        normalizer.Check(normalizer.Apply(train)).Passed.ShouldBeTrue();
    }

    [Fact]
    public void None_leaves_the_inputs_and_its_check_does_not_pass()
    {
        var train = DataSet.OfClasses([0, 200, 100, 255], [1], [0, 1, 0, 1], ["a", "b"]);

        var normalizer = Normalizer.Fit(train, Normalization.None);

        normalizer.Apply(train).ShouldBeSameAs(train);
        normalizer.Check(train).Passed.ShouldBeFalse();
        normalizer.Check(train).LargestMean.ShouldBe(138.75, 1e-6);
    }

    [Fact]
    public void Regression_targets_are_standardised_and_come_back()
    {
        var train = DataSet.OfValues([1, 2, 3], [1], [10, 20, 30], ["price"]);

        var normalizer = Normalizer.Fit(train);
        var standardised = normalizer.Apply(train);

        standardised.Values[1].ShouldBe(0);
        normalizer.RestoreTarget(standardised.Values[2]).ShouldBe(30, 1e-5);
        normalizer.Apply(train, targets: false).Values.ShouldBe([10, 20, 30]);
    }

    [Fact]
    public void Sequences_are_normalised_per_feature_over_all_steps()
    {
        var train = DataSet.OfClasses([0, 10, 2, 10, 4, 30, 6, 30], [2, 2], [0, 1], ["a", "b"]);

        var normalizer = Normalizer.Fit(train);

        normalizer.Shift.ShouldBe([3, 20]);
        normalizer.Check(normalizer.Apply(train)).Measured.ShouldBe(2);
    }
}
