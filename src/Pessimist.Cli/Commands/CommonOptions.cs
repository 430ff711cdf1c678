using System.CommandLine;
using Pessimist.Cli.Terminal;

namespace Pessimist.Cli.Commands;

/// <summary>Options of every command.</summary>
sealed record CommonOptions(bool Quiet, bool Verbose, ColorMode Color)
{
    public static Option<bool> QuietOption { get; } = Recursive(ToolCommand.Flag("--quiet", "no progress and no hints, only the result and errors", "-q"));

    public static Option<bool> VerboseOption { get; } = Recursive(ToolCommand.Flag("--verbose", "also the evidence of every stage; for internal errors the stack", "-v"));

    public static Option<ColorMode> ColorOption { get; } = Recursive(ToolCommand.Choosing<ColorMode>("--color", "colour, also switched off by NO_COLOR",
        [("auto", ColorMode.Auto), ("always", ColorMode.Always), ("never", ColorMode.Never)]));

    public static CommonOptions From(ParseResult parsed) =>
        new(parsed.GetValue(QuietOption), parsed.GetValue(VerboseOption), parsed.GetValue(ColorOption));

    static Option<T> Recursive<T>(Option<T> option)
    {
        option.Recursive = true;
        return option;
    }
}
