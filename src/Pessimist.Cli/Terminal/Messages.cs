using Pessimist.Cli.Commands;

namespace Pessimist.Cli.Terminal;

/// <summary>What the tool says while programs run: lines of their own on standard error, with its name.</summary>
static class Messages
{
    /// <returns>Silent when nothing was to be said.</returns>
    public static Action<string> To(Screen screen, CommonOptions common) => message =>
    {
        if (!common.Quiet) screen.Error.WriteLine($"pessimist: {message}");
    };
}
