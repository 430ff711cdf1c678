using Pessimist.Cli.Parsing;
using Pessimist.Engine.Walk;

namespace Pessimist.Cli.Tests.Parsing;

public sealed class SplitTextTests
{
    [Fact]
    public void Reads_shares_of_a_hundred_and_of_one()
    {
        SplitText.Parse("60/20/20").Shares.ShouldBe(new SplitShares(0.6, 0.2, 0.2));
        SplitText.Parse("0.7/0.15/0.15").Shares!.Train.ShouldBe(0.7, 1e-9);
        SplitText.Parse("80/20").Shares.ShouldBe(new SplitShares(0.8, 0.2, 0));
    }

    [Fact]
    public void Reads_methods_with_and_without_shares()
    {
        SplitText.Parse("random").ShouldBe(new SplitPlan { Method = SplitMethod.Random });
        SplitText.Parse("group=patient").ShouldBe(new SplitPlan { Method = SplitMethod.Group, Column = "patient" });
        SplitText.Parse("60/20/20,time=sold").ShouldBe(new SplitPlan { Method = SplitMethod.Time, Column = "sold", Shares = new SplitShares(0.6, 0.2, 0.2) });
    }

    [Fact]
    public void A_column_may_hold_commas_and_equal_signs() => SplitText.Parse("group=a,b=c").Column.ShouldBe("a,b=c");

    [Theory]
    [InlineData("60/20", "sum to 80")]
    [InlineData("60/20/10/10", "4 shares")]
    [InlineData("100", "1 shares")]
    [InlineData("120/-10/-10", "'-10' is not a share above 0")]
    [InlineData("group", "names no column")]
    [InlineData("time=", "names no column")]
    [InlineData("randon", "did you mean 'random'?")]
    [InlineData("", "is not shares")]
    public void Refuses_the_rest_with_the_reason(string text, string reason) =>
        Should.Throw<PessimistException>(() => SplitText.Parse(text)).Message.ShouldContain(reason);
}
