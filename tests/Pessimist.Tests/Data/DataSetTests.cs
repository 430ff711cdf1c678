using Pessimist.Data;

namespace Pessimist.Tests.Data;

public sealed class DataSetTests
{
    static DataSet Four() => DataSet.OfClasses([0, 1, 10, 11, 20, 21, 30, 31], [2], [0, 1, 0, 1], ["no", "yes"]);

    [Fact]
    public void A_subset_of_a_subset_points_at_the_same_examples()
    {
        var view = Four().Subset([3, 1, 0]).Subset([0, 2]);

        view.Count.ShouldBe(2);
        view.Inputs.ShouldBe([30, 31, 0, 1]);
        view.Classes.ShouldBe([1, 0]);
        view.Id(0).ShouldBe("row 4");
        view.Row(1).ShouldBe(0);
    }

    [Fact]
    public void Other_inputs_keep_targets_and_names()
    {
        var scaled = Four().Subset([2, 3]).WithInputs([0.5f, 0.7f], [1]);

        scaled.Input(1).ToArray().ShouldBe([0.7f]);
        scaled.Classes.ShouldBe([0, 1]);
        scaled.Id(0).ShouldBe("row 3");
    }

    [Fact]
    public void Samples_are_nested_and_stratified()
    {
        var classes = Enumerable.Range(0, 1000).Select(i => i % 10 == 0 ? 1 : 0).ToArray();
        var all = DataSet.OfClasses(new float[1000], [1], classes, ["common", "rare"]);

        var small = all.Take(50, seed: 7);
        var large = all.Take(200, seed: 7);

        small.Classes.Count(c => c == 1).ShouldBe(5);
        Enumerable.Range(0, 50).Select(small.Row).ShouldBeSubsetOf(Enumerable.Range(0, 200).Select(large.Row));
        Enumerable.Range(0, 50).Select(all.Take(50, seed: 8).Row).ShouldNotBe(Enumerable.Range(0, 50).Select(small.Row));
    }

    [Fact]
    public void Refuses_inputs_that_do_not_fill_the_shape() =>
        Should.Throw<ArgumentException>(() => DataSet.OfClasses(new float[3], [2], [0, 1], ["a", "b"])).Message.ShouldContain("need 4");
}
