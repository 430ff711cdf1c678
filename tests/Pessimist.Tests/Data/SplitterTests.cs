using Pessimist.Data;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Data;

public sealed class SplitterTests
{
    static Split Split(RawData raw, TargetOptions? target = null, SplitOptions? options = null) =>
        Splitter.Split(TargetInference.Infer(raw, target ?? new TargetOptions { Target = "y" }), options, raw.TestStart);

    static void ShouldBePartition(Split split, int count) =>
        split.Train.Concat(split.Validation).Concat(split.Test).Order().ShouldBe(Enumerable.Range(0, count));

    [Fact]
    public void Every_class_is_in_every_set_in_its_share()
    {
        var raw = Of(Texts("y", 1000, i => i % 100 == 0 ? "rare" : i % 3 == 0 ? "some" : "many"));
        var classes = TargetInference.Infer(raw, new TargetOptions { Target = "y" }).Classes;

        var split = Split(raw);

        ShouldBePartition(split, 1000);
        split.Kind.ShouldBe(SplitKind.Stratified);
        (split.Train.Length, split.Validation.Length, split.Test.Length).ShouldBe((600, 200, 200));
        foreach (var side in new[] { split.Validation, split.Test }) side.Count(p => classes[p] == 1).ShouldBe(2);
    }

    [Fact]
    public void A_class_of_three_is_in_all_three_sets()
    {
        var raw = Of(Texts("y", 103, i => i < 100 ? "many" : "three"));

        var split = Split(raw);

        foreach (var side in new[] { split.Train, split.Validation, split.Test }) side.Count(p => p >= 100).ShouldBe(1);
    }

    [Fact]
    public void The_seed_decides()
    {
        var raw = Of(Texts("y", 100, i => i % 2 == 0 ? "a" : "b"));

        Split(raw, options: new SplitOptions { Seed = 1 }).Test.ShouldBe(Split(raw, options: new SplitOptions { Seed = 1 }).Test);
        Split(raw, options: new SplitOptions { Seed = 1 }).Test.ShouldNotBe(Split(raw, options: new SplitOptions { Seed = 2 }).Test);
    }

    [Fact]
    public void A_given_test_set_stays_what_it_is()
    {
        var split = Split(Of(Texts("y", 120, i => i % 2 == 0 ? "a" : "b")).WithTestFrom(100));

        split.Test.ShouldBe(Enumerable.Range(100, 20));
        split.Validation.Length.ShouldBe(20);
        split.TestWasGiven.ShouldBeTrue();
        ShouldBePartition(split, 120);
    }

    [Fact]
    public void Large_sets_hold_out_no_more_than_needed()
    {
        var split = Split(Of(Numbers("y", 200_000, i => i + 0.5)));

        (split.Validation.Length, split.Test.Length).ShouldBe((10_000, 10_000));
    }

    [Fact]
    public void No_group_is_in_two_sets()
    {
        var raw = Of(Texts("patient", 300, i => $"p{i % 37}"), Texts("y", 300, i => i % 2 == 0 ? "a" : "b"));

        var split = Split(raw, new TargetOptions { Target = "y", Group = "patient" });

        ShouldBePartition(split, 300);
        split.Kind.ShouldBe(SplitKind.ByGroup);
        int[] Groups(int[] side) => [.. side.Select(p => p % 37).Distinct()];
        Groups(split.Train).Intersect(Groups(split.Validation)).ShouldBeEmpty();
        Groups(split.Train).Intersect(Groups(split.Test)).ShouldBeEmpty();
        Groups(split.Validation).Intersect(Groups(split.Test)).ShouldBeEmpty();
        split.Test.Length.ShouldBeInRange(40, 80);
    }

    [Fact]
    public void Two_groups_cannot_make_three_sets() =>
        Should.Throw<PessimistException>(() => Split(Of(Texts("g", 20, i => i % 2 == 0 ? "a" : "b"), Texts("y", 20, i => i % 3 == 0 ? "a" : "b")),
            new TargetOptions { Target = "y", Group = "g" })).Message.ShouldContain("'g' has 2 distinct values");

    [Fact]
    public void The_latest_rows_are_the_test_set()
    {
        var raw = Of(Texts("day", 100, i => $"2024-{1 + (99 - i) / 28:00}-{1 + (99 - i) % 28:00}"), Numbers("y", 100, i => i + 0.5));

        var split = Split(raw, new TargetOptions { Target = "y", Time = "day" });

        split.Kind.ShouldBe(SplitKind.ByTime);
        split.Test.ShouldBe(Enumerable.Range(0, 20));
        split.Validation.ShouldBe(Enumerable.Range(20, 20));
    }

    [Fact]
    public void Rows_of_one_time_stay_together()
    {
        var raw = Of(Numbers("t", 100, i => i / 30), Numbers("y", 100, i => i + 0.5));

        var split = Split(raw, new TargetOptions { Target = "y", Time = "t" });

        (split.Train.Length, split.Validation.Length, split.Test.Length).ShouldBe((30, 30, 40));
    }

    [Fact]
    public void What_is_no_time_is_named_with_its_row() =>
        Should.Throw<PessimistException>(() => Split(Of(Texts("day", "2024-01-01", "soon", "2024-01-03"), Numbers("y", 1, 2, 3)), new TargetOptions { Target = "y", Time = "day" }))
            .Message.ShouldContain("'soon' in row 2");

    [Fact]
    public void One_row_cannot_be_split() =>
        Should.Throw<PessimistException>(() => Split(Of(Texts("y", "a")))).Message.ShouldBe("there is 1 row with a target; 3 sets need at least one each");
}
