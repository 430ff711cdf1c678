using System.CommandLine;
using Pessimist.Checks.Settings;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Diagnosis;
using Pessimist.Engine.Python;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist run</c>: an unmodified PyTorch program, watched and diagnosed.</summary>
sealed class RunCommand : ToolCommand, IProgramCommand
{
    readonly Screen _screen;
    readonly ProgramWords _program;
    readonly IReadOnlyList<string> _words;
    readonly ProgramOptions _options = new();
    readonly CheckOptions _checks = new();
    readonly OutputOptions.Arguments _output = new();

    /// <param name="words">The command line, for the record.</param>
    public RunCommand(Screen screen, ProgramWords program, IReadOnlyList<string> words)
        : base("run", "run a PyTorch program as it is, watch it train, and say what is wrong with it")
    {
        (_screen, _program, _words) = (screen, program, words);
        Usage = "[options] [--] train.py [arguments...]\n       pessimist run [options] -m package.module [arguments...]";
        Groups = [_options.Group, _checks.Group, _output.Group];
        Examples =
        [
            new("pessimist run train.py", "as python train.py, with a diagnosis at the end"),
            new("pessimist run train.py --epochs 3 --lr 0.1", "what follows the script is the script's"),
            new("pessimist run --python .venv/bin/python -m project.train", "a module, and an interpreter by name"),
            new("pessimist run --format json --output report.json train.py", "for scripts; without --output the program's own output goes to standard error"),
        ];
        AddGroups();
        SetAction(Execute);
    }

    public bool OptionsMayFollow => false;

    async Task<int> Execute(ParseResult parsed, CancellationToken cancel)
    {
        var common = CommonOptions.From(parsed);
        var checks = _checks.Read(parsed);
        var output = _output.Read(parsed, checks);
        var command = PythonCommand.Parse(_program.Words, Name);
        ProbeFiles.Inject();
        var python = _options.Interpreter(parsed, _screen, common);

        using var folder = RunFolder.CreateIn(_options.Runs(parsed), command.Program, fault => _screen.Error.WriteLine($"warning: {fault}"));
        var run = new Run(folder.Append);
        run.Add(new RunStarted
        {
            Id = folder.Id,
            ToolVersion = VersionCommand.Number,
            Command = Name,
            Arguments = [.. _words.SkipWhile(w => w != Name).Skip(1)],
            Time = DateTimeOffset.Now,
            Device = "",
            Threads = Environment.ProcessorCount,
        });

        ProgramEnding ending;
        using (LiveFindings.Start(run, checks, _screen, common))
        {
            ending = await PythonRun.Watch(python, command, run, new PythonProbeOptions { Overhead = _options.Overhead(parsed) },
                output.TakesStandardOutput ? ProgramOutput.ToError : ProgramOutput.Inherited,
                () => Say(common, "waiting for the program to end; what was seen is reported (again: kill it)"));
        }

        run.Add(End(run, ending));
        if (!common.Quiet) Tell(run, ending);
        var report = Show(run, folder, checks, output, common);
        return ending.Interrupted ? ExitCodes.Interrupted : ending.Failed ? ExitCodes.ProgramFailed : output.ExitCode(report);
    }

    static RunEnded End(Run run, ProgramEnding ending) => new()
    {
        At = ending.Seconds,
        Ending = ending.Interrupted ? RunEnding.Interrupted : ending.Failed ? RunEnding.Failed : RunEnding.Completed,
        ExitCode = ending.ExitCode,
        Message = !ending.Failed ? null
            : run.All<ExceptionRaised>().LastOrDefault() is { } raised ? $"{raised.Type}: {raised.Message.Split('\n')[0]}"
            : ending.Words,
    };

    void Tell(Run run, ProgramEnding ending)
    {
        if (ending.Others > 0) _screen.Error.WriteLine($"note: {(ending.Others == 1 ? "1 other process" : FormattableString.Invariant($"{ending.Others} other processes"))} trained as well; the report is about the first (rank 0)");
        if (ending.Observed && !run.All<ProgramEnded>().Any())
            _screen.Error.WriteLine("note: the program ended without a last word; what it did in its last moments may be missing");
    }

    Report Show(Run run, RunFolder folder, CheckSettings checks, OutputOptions output, CommonOptions common)
    {
        var report = Report.From(run, Diagnose.Everything(run, checks), Directory.GetCurrentDirectory());
        output.Write(report, _screen, common, RunReports.Write(report, folder, _screen));
        return report;
    }

    void Say(CommonOptions common, string message)
    {
        if (!common.Quiet) _screen.Error.WriteLine($"pessimist: {message}");
    }
}
