using Pessimist.Studies;
using Pessimist.Studies.Samplers;

namespace Pessimist.Tests.Studies;

public sealed class CoarseToFineTests
{
    static readonly Parameter[] s_space = [new("lr", 1e-6, 1, log: true), new("width", 16, 512, log: true, integer: true)];

    static double Loss(IReadOnlyDictionary<string, double> p) => Math.Pow(Math.Log10(p["lr"]) + 3, 2) + 0.1 * Math.Pow(Math.Log2(p["width"]) - 7, 2);

    static (CoarseToFine Search, double Best) Search(int rounds, int seed)
    {
        var search = new CoarseToFine(s_space, seed);
        var best = double.PositiveInfinity;
        for (var r = 0; r < rounds; r++)
        {
            var tried = search.Draw(10).Select(p => new Tried(p, Loss(p))).ToArray();
            best = Math.Min(best, tried.Min(t => t.Value!.Value));
            search.Close(tried);
        }
        return (search, best);
    }

    [Fact]
    public void Points_lie_in_the_ranges_and_integers_are_whole()
    {
        foreach (var point in new CoarseToFine(s_space, 3).Draw(200))
        {
            point["lr"].ShouldBeInRange(1e-6, 1);
            point["width"].ShouldBeInRange(16, 512);
            point["width"].ShouldBe(Math.Round(point["width"]));
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_points_and_another_seed_others()
    {
        var a = new CoarseToFine(s_space, 1).Draw(5);
        var b = new CoarseToFine(s_space, 1).Draw(5);
        a.Select(p => p["lr"]).ShouldBe(b.Select(p => p["lr"]));
        new CoarseToFine(s_space, 2).Draw(5).Select(p => p["lr"]).ShouldNotBe(a.Select(p => p["lr"]));
    }

    [Fact]
    public void Narrows_round_the_optimum_and_never_by_more_than_half_a_round()
    {
        var search = new CoarseToFine(s_space, 7);
        var before = 6.0;
        for (var r = 0; r < 4; r++)
        {
            search.Close(search.Draw(10).Select(p => new Tried(p, Loss(p))));
            var width = Math.Log10(search.Box["lr"].High / search.Box["lr"].Low);
            width.ShouldBeGreaterThan(before / 2 - 1e-9);
            before = width;
        }
        before.ShouldBeLessThan(3);
        search.Box["lr"].Low.ShouldBeLessThan(1e-3);
        search.Box["lr"].High.ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void Beats_random_search_of_the_same_size_on_most_seeds()
    {
        var wins = 0;
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var best = Enumerable.Range(0, 40).Min(_ => Loss(s_space.ToDictionary(p => p.Name, p => p.FromUnit(random.NextDouble()))));
            if (Search(4, seed).Best < best) wins++;
        }
        wins.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Failed_trials_do_not_move_the_box()
    {
        var search = new CoarseToFine(s_space, 7);
        search.Close(search.Draw(10).Select(p => new Tried(p, null)));
        search.Box["lr"].ShouldBe(new Pessimist.Observations.ParameterRange(1e-6, 1, true));
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, false)]
    [InlineData(0, 1, true)]
    public void Empty_ranges_are_refused(double low, double high, bool log) =>
        Should.Throw<PessimistException>(() => new Parameter("lr", low, high, log)).Message.ShouldContain("lr");
}
