using Pessimist.Text;

namespace Pessimist.Tests.Text;

public sealed class DidYouMeanTests
{
    [Theory]
    [InlineData("lable", "label")]
    [InlineData("Label", "label")]
    [InlineData("labels", "label")]
    public void Suggests_the_nearest_name(string given, string expected) =>
        DidYouMean.Nearest(given, ["pixel_0_0", "label", "weight"]).ShouldBe(expected);

    [Theory]
    [InlineData("spirl", "spirals")]
    [InlineData("--out", "--output")]
    [InlineData("sp", null)]
    public void What_was_cut_short_is_completed(string given, string? expected) => DidYouMean.Nearest(given, ["blobs", "spirals", "--output", "--runs"]).ShouldBe(expected);

    [Fact]
    public void Stays_silent_when_nothing_is_near() => DidYouMean.Suffix("price", ["pixel_0_0", "label"]).ShouldBe("");

    [Fact]
    public void Counts_a_swap_of_neighbours_as_one() => DidYouMean.Distance("lable", "label").ShouldBe(1);

    [Fact]
    public void Lists_names_up_to_the_limit() => DidYouMean.List(["a", "b", "c"], 2).ShouldBe("'a', 'b' and 1 more");
}
