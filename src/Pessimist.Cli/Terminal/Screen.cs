namespace Pessimist.Cli.Terminal;

enum ColorMode { Auto, Always, Never }

/// <summary>Where results and messages go, and what those places can show.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress and messages.</param>
/// <param name="OutIsTerminal">False when the results go to a file or a pipe.</param>
/// <param name="ErrorIsTerminal">True allows a line that moves.</param>
/// <param name="Plain">The user wants no colour: NO_COLOR is set, or the terminal has none.</param>
sealed record Screen(TextWriter Out, TextWriter Error, bool OutIsTerminal, bool ErrorIsTerminal, bool Plain)
{
    const int DefaultWidth = 100;

    /// <summary>Where commands come from.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Somebody sits there and types.</summary>
    public bool InIsTerminal { get; init; }

    public Func<int> Columns { get; init; } = () => DefaultWidth;

    public static Screen OfProcess()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        return new Screen(
            new ResultWriter(Console.OpenStandardOutput()),
            new MessageWriter(Console.OpenStandardError()),
            !Console.IsOutputRedirected,
            !Console.IsErrorRedirected && !dumb,
            dumb || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
        {
            Columns = TerminalColumns,
            In = Console.In,
            InIsTerminal = !Console.IsInputRedirected,
        };
    }

    public bool ColorsOut(ColorMode mode) => Colors(mode, OutIsTerminal);

    public bool ColorsError(ColorMode mode) => Colors(mode, ErrorIsTerminal);

    bool Colors(ColorMode mode, bool terminal) => mode switch
    {
        ColorMode.Always => true,
        ColorMode.Never => false,
        _ => terminal && !Plain,
    };

    static int TerminalColumns()
    {
        if (Console.IsOutputRedirected && Console.IsErrorRedirected) return DefaultWidth;
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }
}
