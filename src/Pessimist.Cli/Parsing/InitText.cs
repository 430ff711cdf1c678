using Pessimist.Engine.Walk;

namespace Pessimist.Cli.Parsing;

/// <summary>Reads <c>--init</c>.</summary>
static class InitText
{
    static readonly (string Word, InitKind Kind)[] _plain =
    [
        ("default", InitKind.Default),
        ("zeros", InitKind.Zeros),
        ("he-normal", InitKind.HeNormal),
        ("he-uniform", InitKind.HeUniform),
        ("glorot-normal", InitKind.GlorotNormal),
        ("glorot-uniform", InitKind.GlorotUniform),
        ("normal:STD", InitKind.Normal),
        ("constant:VALUE", InitKind.Constant),
    ];

    public static InitChoice Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (word, value) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        return (word, value) switch
        {
            ("normal", { } std) => new InitChoice(InitKind.Normal, Values.Number(std, v => v > 0, "a standard deviation above 0, such as normal:0.1")),
            ("constant", { } constant) => new InitChoice(InitKind.Constant, Values.Number(constant, _ => true, "a number, such as constant:0.1")),
            ("normal" or "constant", null) => throw new PessimistException($"'{text}' lacks its value; write {text}:0.1"),
            (_, null) => new InitChoice(Values.Choice(word, _plain)),
            _ => throw new PessimistException($"'{word}' takes no value ('{text}'); only normal:STD and constant:VALUE do"),
        };
    }
}
