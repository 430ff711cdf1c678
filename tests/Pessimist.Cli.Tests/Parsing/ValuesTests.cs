using Pessimist.Cli.Parsing;

namespace Pessimist.Cli.Tests.Parsing;

public sealed class ValuesTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("2m30s", 150)]
    public void Reads_durations_with_their_units(string text, double seconds) => Values.Duration(text).TotalSeconds.ShouldBe(seconds);

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("0s")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("30m1h")]
    [InlineData("5min")]
    [InlineData("9999h")]
    [InlineData("1e3s")]
    public void Refuses_other_durations_and_names_them(string text) =>
        Should.Throw<PessimistException>(() => Values.Duration(text)).Message.ShouldStartWith($"'{text}' is not a time");

    [Theory]
    [InlineData("0.02", 0.02)]
    [InlineData("2%", 0.02)]
    [InlineData("2.5 %", 0.025)]
    [InlineData("0", 0)]
    [InlineData("20000", 20000)]
    public void Reads_errors_as_shares_percentages_or_plain_numbers(string text, double expected) => Values.Error(text).ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData("-0.1")]
    [InlineData("101%")]
    [InlineData("0,02")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("%")]
    public void Refuses_other_errors(string text) => Should.Throw<PessimistException>(() => Values.Error(text));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e400")]
    [InlineData("1_000")]
    [InlineData("three")]
    public void Refuses_numbers_outside_the_range(string text) =>
        Should.Throw<PessimistException>(() => Values.Number(text, v => v > 0, "a number above 0")).Message.ShouldBe($"'{text}' is not a number above 0");

    [Theory]
    [InlineData("cuda:")]
    [InlineData("gpu")]
    [InlineData("CPU ")]
    public void Refuses_unknown_devices(string text) => Should.Throw<PessimistException>(() => Values.Device(text));
}
