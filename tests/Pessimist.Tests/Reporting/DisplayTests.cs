using Pessimist.Reporting;

namespace Pessimist.Tests.Reporting;

public sealed class DisplayTests
{
    [Theory]
    [InlineData("abc", 3)]
    [InlineData("数字", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("👍", 2)]
    public void Width_counts_columns(string text, int columns) => Display.Width(text).ShouldBe(columns);

    [Fact]
    public void Fit_never_cuts_a_wide_character_in_half()
    {
        Display.Fit("数字数字", 4).ShouldBe("数…");
        Display.Fit("short", 10).ShouldBe("short");
    }

    [Fact]
    public void Wrap_breaks_a_word_only_where_it_must() =>
        Display.Wrap("one two 0123456789abcdef end", 8).ShouldBe(["one two", "01234567", "89abcdef", "end"]);

    [Fact]
    public void Clean_shows_lone_surrogates() => Display.Clean("a\uD800b").ShouldBe(@"a\u{d800}b");

    [Theory]
    [InlineData(0.30621, "0.3062")]
    [InlineData(1797, "1,797")]
    [InlineData(4.4e-6, "4.4e-06")]
    [InlineData(3e-4, "0.0003")]
    [InlineData(1.5e9, "1.5e+09")]
    [InlineData(-0.025, "-0.025")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(999.96, "1000")]
    public void Numbers_have_four_digits(double value, string text) => Numbers.Show(value).ShouldBe(text);

    [Fact]
    public void Thinning_keeps_the_spike_and_the_first_value_that_is_not_finite()
    {
        var y = Enumerable.Range(0, 10_000).Select(i => i == 4321 ? 99.0 : i == 7000 ? double.NaN : 1.0 / (i + 1)).ToArray();
        var thin = new Pessimist.Observations.Series("loss", y).Thin();
        thin.Y.Count.ShouldBeLessThanOrEqualTo(Thinning.MaxPoints);
        thin.Y.ShouldContain(99.0);
        thin.X![thin.Y.ToList().FindIndex(double.IsNaN)].ShouldBe(7000);
        thin.X[^1].ShouldBe(9999);
    }
}
