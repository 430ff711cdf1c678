using Pessimist.Experiments;

namespace Pessimist.Tests.Experiments;

public sealed class BatchFloorTests
{
    [Fact]
    public void Is_zero_for_different_inputs_with_hard_labels() =>
        BatchFloor.OfClasses([1, 2, 3], [0, 1, 1], 2).ShouldBe(BatchFloor.Zero);

    [Fact]
    public void Equal_inputs_with_different_labels_cannot_all_be_right()
    {
        var floor = BatchFloor.OfClasses([1, 1, 5, 5, 1, 1, 7, 7], [0, 1, 1, 2], 3);

        floor.Loss.ShouldBe(2 * Math.Log(2) / 4, 1e-12);
        floor.Error.ShouldBe(0.25);
    }

    [Fact]
    public void Label_smoothing_costs_its_entropy() =>
        BatchFloor.OfClasses([1, 2], [0, 1], 10, smoothing: 0.1).Loss.ShouldBe(-(0.91 * Math.Log(0.91) + 9 * 0.01 * Math.Log(0.01)), 1e-9);

    [Fact]
    public void Squared_error_cannot_go_below_the_variance_within_equal_inputs()
    {
        BatchFloor.OfValues([1, 1, 2, 3], [0, 2, 5, 9], 4).Loss.ShouldBe(0.5, 1e-12);
        BatchFloor.OfValues([1, 2], [0, 2, 5, 9], 2).ShouldBe(BatchFloor.Zero);
    }

    [Fact]
    public void Yes_no_labels_count_each_on_its_own()
    {
        var floor = BatchFloor.OfYesNo([1, 1], [0, 1, 1, 1], 2);

        floor.Loss.ShouldBe(Math.Log(2) / 2, 1e-12);
        floor.Error.ShouldBe(0.25);
    }
}
