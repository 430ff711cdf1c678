using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using Pessimist.Cli.Commands;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Torch;

namespace Pessimist.Cli;

/// <summary>The command line: parses, runs one command, and turns what goes wrong into messages and exit codes.</summary>
sealed class Tool(Screen screen, IWalker walker)
{
    public async Task<int> RunAsync(string[] args)
    {
        try
        {
            // `help diagnose` is what many type first.
            if (args is ["help", .. var rest]) args = [.. rest, "--help"];
            if (args.Length == 0) args = ["--help"];
            var programs = new ProgramWords();
            var root = Root(args, programs);
            args = programs.Take(root, args);
            Unknown.Refuse(root, args);
            var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpText) throw Mistake(parsed);
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = screen.Out,
                Error = screen.Error,
            });
        }
        catch (PessimistException e)
        {
            screen.Error.WriteLine($"error: {e.Message}");
            if (e.Help is { } help) screen.Error.WriteLine($"help: {Pasted.Commands(help)}");
            return ExitCodes.Usage;
        }
        catch (TorchNotFoundException e)
        {
            screen.Error.WriteLine($"error: {e.Message}");
            return ExitCodes.Usage;
        }
#pragma warning disable CA1031 // The last line of defence: nobody but a developer wants to see a stack trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ReportInternal(e, verbose: args.Any(a => a is "-v" or "--verbose"));
            return ExitCodes.Usage;
        }
    }

    RootCommand Root(string[] args, ProgramWords programs)
    {
        var root = new RootCommand("finds out why a neural network does not learn, proves it, and says what to do next")
        {
            new RunCommand(screen, programs, args),
            new OverfitCommand(screen, programs, args),
            new WhatIfCommand(screen, programs, args),
            new DiagnoseCommand(screen, walker, args),
            new CompareCommand(screen),
            new ReportCommand(screen),
            new SynthCommand(screen),
            new ModelsCommand(screen),
            new StepCommand(screen),
            new ExplainCommand(screen),
            new ChecksCommand(screen),
            new VersionCommand(screen),
        };
        root.Options.Add(CommonOptions.QuietOption);
        root.Options.Add(CommonOptions.VerboseOption);
        root.Options.Add(CommonOptions.ColorOption);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Description = "this help; behind a command, its help";
        help.Action = new HelpText(screen);
        var version = root.Options.OfType<VersionOption>().Single();
        version.Description = "the version";
        version.Action = new VersionNumber(screen);
        return root;
    }

    static PessimistException Mistake(ParseResult parsed)
    {
        var error = parsed.Errors[0];
        var command = parsed.CommandResult.Command;
        var lines = error.Message.Split('\n');
        var message = lines[0];
        // The parser's own sentences, in the voice of the others.
        if (message.Length > 1 && char.IsUpper(message[0]) && char.IsLower(message[1])) message = char.ToLower(message[0], CultureInfo.InvariantCulture) + message[1..];
        if (command.Arguments.FirstOrDefault(a => parsed.GetResult(a) is null or { Tokens.Count: 0 }) is { } missing && message.Contains("equired argument missing", StringComparison.Ordinal) && error.SymbolResult is not System.CommandLine.Parsing.OptionResult)
            message = $"{command.Name} needs {missing.Name}: {missing.Description}";
        return new PessimistException(message.TrimEnd('.'), lines.Length > 1 ? lines[1] : Unknown.Help(command));
    }

    void ReportInternal(Exception exception, bool verbose)
    {
        screen.Error.WriteLine($"error: internal error: {exception.GetType().Name}: {exception.Message}");
        if (verbose) screen.Error.WriteLine(exception.ToString());
        var log = Path.Combine(Path.GetTempPath(), $"pessimist-error-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.log");
        try
        {
            File.WriteAllText(log, $"pessimist {VersionCommand.Number}\n{string.Join(' ', Environment.GetCommandLineArgs())}\n{exception}\n");
            screen.Error.WriteLine($"help: this is a mistake of pessimist, not yours; please report it with {log}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            screen.Error.WriteLine("help: this is a mistake of pessimist, not yours; please report it with the output of the same command and -v");
        }
    }

    sealed class VersionNumber(Screen screen) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            screen.Out.WriteLine($"pessimist {VersionCommand.Number}");
            return ExitCodes.Ok;
        }
    }
}
