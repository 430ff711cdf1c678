using System.CommandLine;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Engine.Python;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary>A command that runs a PyTorch program of the user's.</summary>
/// <param name="words">The command line, for the record.</param>
/// <param name="watches">The program is watched, not only tried.</param>
abstract class ProgramCommand(string name, string description, Screen screen, ProgramWords program, IReadOnlyList<string> words, bool watches)
    : ToolCommand(name, description), IProgramCommand
{
    /// <summary>The program and its arguments.</summary>
    protected ProgramWords Program => program;

    protected ProgramOptions Shared { get; } = new(watches);

    protected CheckOptions Checks { get; } = new();

    protected OutputOptions.Arguments Output { get; } = new();

    public abstract bool OptionsMayFollow { get; }

    /// <summary>Reads the options, finds program and interpreter, and begins the record.</summary>
    /// <exception cref="PessimistException">One of them is wrong: nothing was run.</exception>
    protected ProgramSession Begin(ParseResult parsed)
    {
        var common = CommonOptions.From(parsed);
        var checks = Checks.Read(parsed);
        var output = Output.Read(parsed, checks);
        var command = PythonCommand.Parse(program.Words, Name);
        ProbeFiles.Inject();
        var python = Shared.Interpreter(parsed, screen, common);
        var folder = RunFolder.CreateIn(Shared.Runs(parsed), command.Program, fault => screen.Error.WriteLine($"warning: {fault}"));
        return new ProgramSession(screen, common, checks, output, python, command, folder, ProgramOptions.Started(folder, Name, words));
    }
}
