using Pessimist.Data;
using Pessimist.Data.Profiling;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Data.Profiling;

public sealed class DuplicateTests
{
    static DuplicateFacts Find(RawData raw) => DataProfile.From(raw.Prepare()).Duplicates;

    /// <summary>Rows 1..count, of which the last <paramref name="test"/> are a given test set and its first <paramref name="copies"/> repeat training rows.</summary>
    static RawData WithCopies(int count, int test, int copies, Func<int, double> value, bool sameLabel = true)
    {
        int Source(int i) => i >= count - test && i < count - test + copies ? i - (count - test) : i;
        return Of(Numbers("a", count, i => value(Source(i))), Numbers("b", count, i => value(Source(i) + 10_000)),
            Texts("y", count, i => (Source(i) + (sameLabel || Source(i) == i ? 0 : 1)) % 2 == 0 ? "even" : "odd")).WithTestFrom(count - test);
    }

    static double Random(int i) => new Random(i).NextDouble();

    [Fact]
    public void Copies_of_training_rows_in_a_given_test_set_are_found_with_their_rows()
    {
        var facts = Find(WithCopies(500, 100, 20, Random));

        facts.TestInTrain.ShouldBeInRange(10, 20);
        (facts.TestInTrain + facts.TestInValidation).ShouldBe(20);
        facts.AcrossP.ShouldBeLessThan(1e-9);
        facts.ExpectedByChance.ShouldBeLessThan(0.1);
        facts.ConflictingGroups.ShouldBe(0);
        facts.Pairs.ShouldContain(p => p.First == "row 1" && p.Second == "test row 1");
    }

    [Fact]
    public void Clean_data_have_none()
    {
        var facts = Find(WithCopies(500, 100, 0, Random));

        (facts.Groups, facts.TestInTrain, facts.AcrossP).ShouldBe((0, 0, 1));
    }

    [Fact]
    public void Natural_repetitions_of_coarse_data_are_no_leak()
    {
        var facts = Find(WithCopies(1000, 200, 0, i => Math.Floor(12 * Random(i))));

        facts.TestInTrain.ShouldBeGreaterThan(100);
        facts.AcrossP.ShouldBeGreaterThan(0.001);
        facts.ExpectedByChance.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Equal_inputs_with_different_labels_are_told_apart()
    {
        var facts = Find(WithCopies(500, 100, 20, Random, sameLabel: false));

        facts.ConflictingGroups.ShouldBe(20);
        facts.Pairs.ShouldAllBe(p => !p.SameTarget);
    }

    [Fact]
    public void A_group_on_both_sides_of_a_given_test_set_is_named()
    {
        var raw = Of(Numbers("x", 100, Random), Texts("patient", 100, i => i == 99 ? "p3" : $"p{(i < 80 ? i % 8 : 10 + i % 5)}"), Texts("y", 100, i => i % 2 == 0 ? "a" : "b"))
            .WithTestFrom(80);

        var data = PreparedData.From(raw, new PrepareOptions { Target = new TargetOptions { Target = "y", Group = "patient" } });

        DataProfile.From(data).Duplicates.SharedGroups.ShouldBe(["p3"]);
    }
}
