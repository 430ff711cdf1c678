using Pessimist.Data;
using Pessimist.Data.Profiling;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Data.Profiling;

public sealed class DeterminingColumnTests
{
    static IReadOnlyList<DeterminingColumn> Find(RawData raw) => DataProfile.From(raw.Prepare()).Determining;

    [Fact]
    public void A_renamed_label_is_one_to_one()
    {
        var random = new Random(1);
        var raw = Of(Numbers("x", 300, _ => random.NextDouble()), Texts("code", 300, i => $"k{i % 3}"), Numbers("y", 300, i => i % 3));

        var leak = Find(raw).ShouldHaveSingleItem();

        (leak.Column, leak.Score, leak.OneToOne, leak.Distinct).ShouldBe(("code", 1, true, 3));
        leak.RunnerUp.ShouldBeLessThan(0.6);
    }

    [Fact]
    public void A_quantity_in_another_unit_is_found()
    {
        var random = new Random(2);
        var celsius = Enumerable.Range(0, 300).Select(_ => 30 * random.NextDouble()).ToArray();
        var raw = Of(Numbers("x", 300, _ => random.NextDouble()), Numbers("fahrenheit", 300, i => 1.8 * celsius[i] + 32), Numbers("y", celsius));

        Find(raw).ShouldHaveSingleItem().Column.ShouldBe("fahrenheit");
    }

    [Fact]
    public void A_strong_feature_is_not_one_to_one()
    {
        var random = new Random(3);
        var raw = Of(Numbers("petal", 300, i => i % 2 + 0.3 * random.NextDouble()), Numbers("x", 300, _ => random.NextDouble()), Texts("y", 300, i => i % 2 == 0 ? "setosa" : "other"));

        Find(raw).ShouldAllBe(c => !c.OneToOne && c.Distinct > 250);
    }

    [Fact]
    public void Good_features_are_silent() => Find(Noisy(600)).ShouldBeEmpty();

    [Fact]
    public void A_rare_class_does_not_make_every_column_look_perfect()
    {
        var random = new Random(4);

        Find(Of(Numbers("x", 1000, _ => random.NextDouble()), Texts("y", 1000, i => i % 100 == 0 ? "rare" : "common"))).ShouldBeEmpty();
    }
}
