using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Neighbours;

public sealed class NearestNeighboursTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(17, 131)]
    [InlineData(33, 300)]
    public void Agrees_with_a_plain_search(int queries, int references)
    {
        var features = 13;
        var a = Simulated.Classes(queries, features, 2, 1, seed: 1).Features;
        var b = Simulated.Classes(references, features, 2, 1, seed: 2).Features;
        var table = NearestNeighbours.Search(a, b, 5, Stop);
        for (var i = 0; i < queries; i++)
        {
            var expected = Enumerable.Range(0, references).OrderBy(r => Distance(a.Row(i).ToArray(), b.Row(r).ToArray())).Take(5).ToArray();
            table.Of(i).ToArray().ShouldBe(expected);
            table.SquaredDistances(i)[0].ShouldBe((float)Distance(a.Row(i).ToArray(), b.Row(expected[0]).ToArray()), 1e-4f);
        }
    }

    [Fact]
    public void Equal_distances_keep_the_order_of_the_references()
    {
        var same = new FeatureMatrix([1, 1, 1, 1, 1, 1, 1, 1], 2);
        NearestNeighbours.SearchWithin(same, 2, Stop).Of(2).ToArray().ShouldBe([0, 1]);
    }

    [Fact]
    public void A_row_is_not_its_own_neighbour()
    {
        var table = NearestNeighbours.SearchWithin(new FeatureMatrix([0, 1, 3], 1), 5, Stop);
        table.Neighbours.ShouldBe(2);
        table.Of(1).ToArray().ShouldBe([0, 2]);
    }

    [Fact]
    public void One_row_has_no_neighbours() => NearestNeighbours.SearchWithin(new FeatureMatrix([1, 2], 2), 3, Stop).Neighbours.ShouldBe(0);

    [Fact]
    public void NaN_is_refused_with_its_place() =>
        Should.Throw<ArgumentException>(() => NearestNeighbours.SearchWithin(new FeatureMatrix([1, 2, 3, float.NaN], 2), 1, Stop))
            .Message.ShouldContain("Row 1, column 1 is NaN");

    static double Distance(float[] a, float[] b) => a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum();
}
