using Pessimist.Cli.Parsing;
using Pessimist.Engine.Walk;

namespace Pessimist.Cli.Tests.Parsing;

public sealed class InitTextTests
{
    [Theory]
    [InlineData("default", InitKind.Default, null)]
    [InlineData("zeros", InitKind.Zeros, null)]
    [InlineData("normal:1", InitKind.Normal, 1.0)]
    [InlineData("constant:-0.5", InitKind.Constant, -0.5)]
    [InlineData("glorot-uniform", InitKind.GlorotUniform, null)]
    public void Reads_every_kind_and_writes_it_as_it_was_given(string text, InitKind kind, double? value)
    {
        InitText.Parse(text).ShouldBe(new InitChoice(kind, value));
        InitText.Parse(text).ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("normal", "write normal:0.1")]
    [InlineData("normal:0", "'0' is not a standard deviation above 0")]
    [InlineData("zeros:1", "takes no value")]
    [InlineData("he-norml", "did you mean 'he-normal'?")]
    public void Refuses_the_rest_with_the_reason(string text, string reason) =>
        Should.Throw<PessimistException>(() => InitText.Parse(text)).Message.ShouldContain(reason);
}
