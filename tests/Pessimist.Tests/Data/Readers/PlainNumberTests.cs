using System.Globalization;
using System.Text;
using Pessimist.Data.Readers;

namespace Pessimist.Tests.Data.Readers;

public sealed class PlainNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("007", 7)]
    [InlineData("-12.50", -12.5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e3", 1000)]
    [InlineData("-1.25E-02", -0.0125)]
    [InlineData("9007199254740992", 9007199254740992)]
    public void Reads_numbers_as_tables_have_them(string text, double number)
    {
        PlainNumber.TryParse(Encoding.UTF8.GetBytes(text), out var read).ShouldBeTrue();
        read.ShouldBe(number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.e3")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e1000")]
    [InlineData("1e23")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData("1 2")]
    [InlineData("0x10")]
    [InlineData("12a")]
    [InlineData("nan")]
    [InlineData("9007199254740993")]
    [InlineData("1234567890123456789012")]
    [InlineData("18446744073709551617")]
    public void Leaves_everything_else_to_others(string text) => PlainNumber.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();

    [Fact]
    public void Every_number_that_is_read_is_the_nearest_double()
    {
        var random = new Random(5);
        var read = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var text = new StringBuilder(random.Next(2) == 0 ? "-" : "");
            for (var digits = random.Next(0, 12); digits > 0; digits--) text.Append((char)('0' + random.Next(10)));
            if (random.Next(4) > 0)
            {
                text.Append('.');
                for (var digits = random.Next(0, 12); digits > 0; digits--) text.Append((char)('0' + random.Next(10)));
            }

            if (random.Next(3) == 0) text.Append(CultureInfo.InvariantCulture, $"e{random.Next(-30, 30)}");
            if (!PlainNumber.TryParse(Encoding.UTF8.GetBytes(text.ToString()), out var number)) continue;
            read++;
            BitConverter.DoubleToInt64Bits(number).ShouldBe(BitConverter.DoubleToInt64Bits(double.Parse(text.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture)), text.ToString());
        }

        read.ShouldBeGreaterThan(100_000);
    }
}
