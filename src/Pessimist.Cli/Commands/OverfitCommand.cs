using System.CommandLine;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Diagnosis;
using Pessimist.Engine.Python;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist overfit</c>: can the program learn its first batch by heart, and if not, why not.</summary>
sealed class OverfitCommand : ToolCommand, IProgramCommand
{
    static readonly TimeSpan s_budget = TimeSpan.FromMinutes(3);

    readonly Screen _screen;
    readonly ProgramWords _program;
    readonly IReadOnlyList<string> _words;
    readonly ProgramOptions _options = new(watches: false);
    readonly CheckOptions _checks = new();
    readonly OutputOptions.Arguments _output = new();

    readonly Option<int?> _steps = Valued<int?>("--steps", "N", "most steps of one trial (default 3000); a curve that is clear ends sooner", text => Values.Whole(text, 30, "a whole number of at least 30"));

    readonly Option<TimeSpan?> _budget = Valued<TimeSpan?>("--budget", "TIME", "time for all trials together, such as 90s or 5m (default 3m)", text => Values.Duration(text));

    /// <param name="words">The command line, for the record.</param>
    public OverfitCommand(Screen screen, ProgramWords program, IReadOnlyList<string> words)
        : base("overfit", "run a PyTorch program on its first batch alone, again and again: a network that cannot learn one batch by heart has a bug; experiments find which")
    {
        (_screen, _program, _words) = (screen, program, words);
        Usage = "[options] train.py [options] [-- arguments...]\n       pessimist overfit [options] -m package.module [options] [-- arguments...]";
        Groups = [new OptionGroup("Trials", [_steps, _budget]), _options.Group, _checks.Group, _output.Group];
        Examples =
        [
            new("pessimist overfit train.py", "the verdict on the first batch and, when it is bad, the cause"),
            new("pessimist overfit train.py --budget 10m -- --lr 0.1", "what follows -- is the script's"),
        ];
        AddGroups();
        SetAction(Execute);
    }

    public bool OptionsMayFollow => true;

    int Execute(ParseResult parsed)
    {
        var common = CommonOptions.From(parsed);
        var checks = _checks.Read(parsed);
        var output = _output.Read(parsed, checks);
        var command = PythonCommand.Parse(_program.Words, Name);
        ProbeFiles.Inject();
        var python = _options.Interpreter(parsed, _screen, common);
        var say = Messages.To(_screen, common);
        say($"{command.Program} runs again for each trial, up to some steps, with its output hidden; files that it writes at its start are written each time");
        using var folder = RunFolder.CreateIn(_options.Runs(parsed), command.Program, fault => _screen.Error.WriteLine($"warning: {fault}"));
        var run = new Run(folder.Append);
        run.Add(ProgramOptions.Started(folder, Name, _words));

        var steps = parsed.GetValue(_steps);
        var options = steps is { } most ? new OverfitOptions { MostSteps = most, Steps = Math.Min(200, most), SymptomSteps = Math.Min(400, most) } : new OverfitOptions();
        var interrupted = false;
        var tried = false;
        using (var interrupts = new Interrupts(() => say("stopping; what was found until now is reported")))
        {
            try
            {
                tried = PythonOverfit.Run(python, command, run, options, parsed.GetValue(_budget) ?? s_budget, say, interrupts.Token);
            }
            catch (OperationCanceledException)
            {
                interrupted = true;
            }
        }

        run.Add(new RunEnded { Ending = interrupted ? RunEnding.Interrupted : RunEnding.Completed });
        var report = Report.From(run, Diagnose.Everything(run, checks), Directory.GetCurrentDirectory());
        output.Write(report, _screen, common, RunReports.Write(report, folder, _screen));
        return interrupted ? ExitCodes.Interrupted : tried ? output.ExitCode(report) : ExitCodes.ProgramFailed;
    }
}
