using Pessimist.Data;
using Pessimist.Evaluation.Slices;

namespace Pessimist.Tests.Evaluation.Slices;

public sealed class SliceFinderTests
{
    const int Count = 800;

    static readonly int[] s_rows = [.. Enumerable.Range(0, Count)];

    /// <summary>A number, a city and a color for each example.</summary>
    static SliceColumn[] Columns(int seed)
    {
        var random = new Random(seed);
        return
        [
            SliceColumn.Of(new NumberColumn("age", [.. s_rows.Select(_ => 20 + 60 * random.NextDouble())]), s_rows, 30),
            SliceColumn.Of(new TextColumn("city", [.. s_rows.Select(_ => new[] { "Bern", "Rome", "Oslo", null }[random.Next(4)])]), s_rows, 30),
            SliceColumn.Of(new TextColumn("color", [.. s_rows.Select(_ => random.Next(2) == 0 ? "red" : "blue")]), s_rows, 30),
        ];
    }

    static double[] Wrong(SliceColumn[] columns, Func<string[], double> rate, int seed)
    {
        var random = new Random(seed);
        return [.. s_rows.Select(i => random.NextDouble() < rate([.. columns.Select(c => c.PartOf[i] < 0 ? "" : c.Parts[c.PartOf[i]])]) ? 1.0 : 0)];
    }

    [Fact]
    public void Finds_the_value_that_fails()
    {
        var columns = Columns(1);
        var found = SliceFinder.Find(Wrong(columns, p => p[1] == "city = Bern" ? 0.4 : 0.05, 2), null, columns).Found;

        found[0].Where.ShouldBe("city = Bern");
        found[0].Error.Contains(0.4).ShouldBeTrue();
        found[0].Rest.ShouldBe(0.05, 0.04);
        found[0].Excess.ShouldBeNull();
    }

    [Fact]
    public void Finds_two_conditions_that_fail_together()
    {
        var columns = Columns(3);
        var found = SliceFinder.Find(Wrong(columns, p => p is [_, "city = Rome", "color = red"] ? 0.6 : 0.05, 4), null, columns).Found;

        found[0].Where.ShouldBe("city = Rome and color = red");
        found[0].Count.ShouldBeInRange(60, 140);
    }

    [Fact]
    public void Blank_cells_are_a_part_too()
    {
        var columns = Columns(5);
        SliceFinder.Find(Wrong(columns, p => p[1] == "city is blank" ? 0.5 : 0.05, 6), null, columns).Found[0].Where.ShouldBe("city is blank");
    }

    [Fact]
    public void Errors_that_lie_anywhere_make_no_slice()
    {
        // At most one in twenty searches may find something by chance.
        var found = Enumerable.Range(0, 40).Count(s =>
        {
            var columns = Columns(100 + s);
            return SliceFinder.Find(Wrong(columns, _ => 0.15, 200 + s), null, columns, seed: s).Found.Count > 0;
        });
        found.ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public void Errors_that_the_model_expects_are_no_excess()
    {
        var columns = Columns(7);
        var losses = Wrong(columns, p => p[1] == "city = Bern" ? 0.4 : 0.05, 8);
        var aware = columns[1].PartOf.Select(p => columns[1].Parts[p] == "city = Bern" ? 0.4 : 0.05).ToArray();

        var expected = SliceFinder.Find(losses, aware, columns).Found[0];
        expected.Excess!.Value.ShouldBe(0, 0.12);
        expected.ExcessP!.Value.ShouldBeGreaterThan(0.01);
        var unaware = SliceFinder.Find(losses, [.. losses.Select(_ => 0.05)], columns).Found[0];
        unaware.Excess!.Value.ShouldBeGreaterThan(0.2);
        unaware.ExcessP!.Value.ShouldBeLessThan(0.01);
    }

    [Fact]
    public void Losses_may_be_any_number()
    {
        var columns = Columns(9);
        double[] losses = [.. Wrong(columns, p => p[0].StartsWith("age >", StringComparison.Ordinal) ? 0.9 : 0.2, 10).Select(w => 3 * w + 0.5)];

        SliceFinder.Find(losses, null, columns).Found[0].Where.ShouldStartWith("age > ");
    }

    [Fact]
    public void Few_examples_have_no_parts()
    {
        var columns = Columns(11).Select(c => c with { PartOf = [.. c.PartOf.Take(40)] }).ToArray();
        SliceFinder.Find([.. Enumerable.Repeat(1.0, 20), .. Enumerable.Repeat(0.0, 20)], null, columns).ShouldSatisfyAllConditions(s => s.Candidates.ShouldBe(0), s => s.Found.ShouldBeEmpty());
    }

    [Fact]
    public void Numbers_are_cut_into_ranges_and_few_values_are_values()
    {
        Columns(1)[0].Parts.Count.ShouldBe(5);
        SliceColumn.Of(new NumberColumn("rooms", [.. s_rows.Select(i => (double)(i % 3))]), s_rows, 30).Parts.ShouldBe(["rooms = 0", "rooms = 1", "rooms = 2"]);
        SliceColumn.Of(new TextColumn("id", [.. s_rows.Select(i => $"{i}")]), s_rows, 30).Parts.ShouldBeEmpty();
    }
}
