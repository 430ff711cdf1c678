using System.CommandLine;
using Pessimist.Checks.Settings;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Diagnosis;
using Pessimist.Engine.Python;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist run</c>: an unmodified PyTorch program, watched and diagnosed.</summary>
sealed class RunCommand : ToolCommand, IProgramCommand
{
    static readonly TimeSpan s_budget = TimeSpan.FromMinutes(2);

    readonly Screen _screen;
    readonly ProgramWords _program;
    readonly IReadOnlyList<string> _words;
    readonly ProgramOptions _options = new();
    readonly CheckOptions _checks = new();
    readonly Option<bool> _confirm = Flag("--confirm", "run the program again, up to some steps, with the suspected cause of each finding undone: suspected becomes confirmed, or not");
    readonly Option<bool> _noRerun = Flag("--no-rerun", "never run the program a second time, as is done to find the operation that made the first NaN");
    readonly Option<TimeSpan?> _budget = Valued<TimeSpan?>("--budget", "TIME", "time for running the program again, such as 90s or 5m (default 2m)", text => Values.Duration(text));
    readonly OutputOptions.Arguments _output = new();

    /// <param name="words">The command line, for the record.</param>
    public RunCommand(Screen screen, ProgramWords program, IReadOnlyList<string> words)
        : base("run", "run a PyTorch program as it is, watch it train, and say what is wrong with it")
    {
        (_screen, _program, _words) = (screen, program, words);
        Usage = "[options] [--] train.py [arguments...]\n       pessimist run [options] -m package.module [arguments...]";
        Groups = [_options.Group, new OptionGroup("Second runs", [_confirm, _noRerun, _budget]), _checks.Group, _output.Group];
        Examples =
        [
            new("pessimist run train.py", "as python train.py, with a diagnosis at the end"),
            new("pessimist run train.py --epochs 3 --lr 0.1", "what follows the script is the script's"),
            new("pessimist run --python .venv/bin/python -m project.train", "a module, and an interpreter by name"),
            new("pessimist run --confirm train.py", "also undo what is suspected, and show what that changes"),
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

        var say = Messages.To(_screen, common);
        using var folder = RunFolder.CreateIn(_options.Runs(parsed), command.Program, fault => _screen.Error.WriteLine($"warning: {fault}"));
        var run = new Run(folder.Append);
        run.Add(ProgramOptions.Started(folder, Name, _words));

        ProgramEnding ending;
        using (LiveFindings.Start(run, checks, _screen, common))
        {
            ending = await PythonRun.Watch(python, command, run, new PythonProbeOptions { Overhead = _options.Overhead(parsed) },
                output.TakesStandardOutput ? ProgramOutput.ToError : ProgramOutput.Inherited,
                () => say("waiting for the program to end; what was seen is reported (again: kill it)"));
        }

        if (!ending.Interrupted && !parsed.GetValue(_noRerun)) await FindNonFinite(run, python, command, parsed.GetValue(_budget) ?? s_budget, say);
        if (parsed.GetValue(_confirm) && !ending.Interrupted)
        {
            using var interrupts = new Interrupts(() => say("stopping; what was found until now is reported"));
            try
            {
                await PythonConfirmation.Confirm(python, command, run, Diagnose.Everything(run, checks).Findings, parsed.GetValue(_budget) ?? s_budget, say, interrupts.Token);
                if (PythonConfirmation.IsUnexplained(run, Diagnose.Everything(run, checks).Findings))
                    PythonOverfit.Run(python, command, run, new OverfitOptions(), parsed.GetValue(_budget) ?? s_budget, say, interrupts.Token);
            }
            catch (OperationCanceledException)
            {
                say("stopped");
            }
        }

        run.Add(End(run, ending));
        if (!common.Quiet) Tell(run, ending);
        var report = Show(run, folder, checks, output, common);
        return ending.Interrupted ? ExitCodes.Interrupted : ending.Failed ? ExitCodes.ProgramFailed : output.ExitCode(report);
    }

    /// <summary>Where the first NaN came from, by a second run up to there, when the first did not see it.</summary>
    static async Task FindNonFinite(Run run, PythonInterpreter python, PythonCommand command, TimeSpan budget, Action<string> say)
    {
        if (NonFiniteRerun.Wanting(run) is not { } wanting) return;
        if (NonFiniteRerun.Estimate(wanting) is var estimate && estimate > budget)
        {
            say(FormattableString.Invariant($"which operation made the first NaN or infinity would take another run of about {estimate.TotalSeconds:0} s (--budget {Math.Ceiling(estimate.TotalMinutes):0}m allows it)"));
            return;
        }

        say(FormattableString.Invariant($"{command.Program} runs again up to step {wanting.Step}, to find the operation that made the first NaN or infinity; its output is hidden (--no-rerun leaves this out)"));
        if (await NonFiniteRerun.Find(python, command, wanting, budget) is { } found) run.Add(found);
        else say("it did not happen again at the same step: the program takes another way each time; a fixed seed would help");
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
}
