using System.CommandLine;
using System.Globalization;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Engine.Python;
using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary>What every command that runs a Python program takes.</summary>
/// <param name="watches">The program is watched, not only tried.</param>
sealed class ProgramOptions(bool watches = true)
{
    readonly Option<string?> _python = ToolCommand.Valued("--python", "PATH", "the interpreter; else that of the active virtual environment, else the first python3, python or /usr/bin/python3 that has torch", text => text);

    readonly Option<double?> _overhead = ToolCommand.Valued<double?>("--overhead", "SHARE", "share of the program's time that watching may take (default 3%)", Share);

    readonly Option<string?> _runs = ToolCommand.Valued("--runs", "FOLDER", "where runs are kept (default .pessimist/runs)", text => text, DiagnoseOptions.DefaultRunsFolder);

    public OptionGroup Group => new("Program", watches ? [_python, _overhead, _runs] : [_python, _runs]);

    public string Runs(ParseResult parsed) => parsed.GetValue(_runs)!;

    public double? Overhead(ParseResult parsed) => parsed.GetValue(_overhead);

    /// <summary>Finds the interpreter and says which.</summary>
    public PythonInterpreter Interpreter(ParseResult parsed, Screen screen, CommonOptions common)
    {
        var python = PythonInterpreter.Find(parsed.GetValue(_python));
        if (!common.Quiet) screen.Error.WriteLine($"python: {python.Path} {python.Version}{(python.Torch.Length > 0 ? $", torch {python.Torch}" : "")}");
        return python;
    }

    /// <summary>The first record of a run.</summary>
    /// <param name="words">The command line.</param>
    public static RunStarted Started(RunFolder folder, string command, IReadOnlyList<string> words) => new()
    {
        Id = folder.Id,
        ToolVersion = VersionCommand.Number,
        Command = command,
        Arguments = [.. words.SkipWhile(w => w != command).Skip(1)],
        Time = DateTimeOffset.Now,
        Device = "",
        Threads = Environment.ProcessorCount,
    };

    static double? Share(string text)
    {
        const string Expected = "a share above 0, at most 50%, such as 3% or 0.03";
        return text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
            ? percent is > 0 and <= 50 ? percent / 100 : throw Values.Unexpected(text, Expected)
            : Values.Number(text, v => v is > 0 and <= 0.5, Expected);
    }
}
