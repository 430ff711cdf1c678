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

/// <summary><c>pessimist whatif</c>: what one change would do to a program's loss.</summary>
sealed class WhatIfCommand : ToolCommand, IProgramCommand
{
    const int DefaultSteps = 200;
    static readonly TimeSpan s_budget = TimeSpan.FromMinutes(3);

    readonly Screen _screen;
    readonly ProgramWords _program;
    readonly IReadOnlyList<string> _words;
    readonly ProgramOptions _options = new(watches: false);
    readonly CheckOptions _checks = new();
    readonly OutputOptions.Arguments _output = new();
    readonly Option<Intervention[]> _set = Several("--set", "NAME=VALUE", $"a setting: {Changes.SetWords}", Changes.Set);
    readonly Option<Intervention[]> _insert = Several("--insert", "WHAT", $"something that is missing: {Changes.InsertWords}", Changes.Insert);
    readonly Option<Intervention[]> _drop = Several("--drop", "WHAT", $"something that is too much: {Changes.DropWords}", Changes.Drop);
    readonly Option<int?> _steps = Valued<int?>("--steps", "N", $"steps of each run (default {DefaultSteps})", text => Values.Whole(text, 10, "a whole number of at least 10"));
    readonly Option<TimeSpan?> _budget = Valued<TimeSpan?>("--budget", "TIME", "time for all runs together, such as 90s or 5m (default 3m)", text => Values.Duration(text));

    /// <param name="words">The command line, for the record.</param>
    public WhatIfCommand(Screen screen, ProgramWords program, IReadOnlyList<string> words)
        : base("whatif", "run a PyTorch program as it is and with something changed, from the same seeds, and compare the losses")
    {
        (_screen, _program, _words) = (screen, program, words);
        Usage = "train.py --set|--insert|--drop CHANGE... [options] [-- arguments...]";
        Groups = [new OptionGroup("Changes", [_set, _insert, _drop]), new OptionGroup("Runs", [_steps, _budget]), _options.Group, _checks.Group, _output.Group];
        Examples =
        [
            new("pessimist whatif train.py --set lr=1e-4", "another learning rate"),
            new("pessimist whatif train.py --insert zero_grad --drop softmax", "two changes at once"),
        ];
        AddGroups();
        SetAction(Execute);
    }

    public bool OptionsMayFollow => true;

    async Task<int> Execute(ParseResult parsed, CancellationToken cancel)
    {
        var common = CommonOptions.From(parsed);
        var checks = _checks.Read(parsed);
        var output = _output.Read(parsed, checks);
        Intervention[] changes = [.. parsed.GetValue(_set)!, .. parsed.GetValue(_insert)!, .. parsed.GetValue(_drop)!];
        if (changes.Length == 0) throw new PessimistException("whatif needs a change", "pessimist whatif train.py --set lr=1e-4, or pessimist whatif --help");
        var recipe = Recipe.Of(changes);
        if (recipe.Changes.Count < changes.Length) throw new PessimistException("two changes of the same kind", "give each kind of change once");
        var command = PythonCommand.Parse(_program.Words, Name);
        ProbeFiles.Inject();
        var python = _options.Interpreter(parsed, _screen, common);
        var say = Messages.To(_screen, common);
        say($"{command.Program} runs four times, up to some steps, with its output hidden; files that it writes at its start are written each time");
        using var folder = RunFolder.CreateIn(_options.Runs(parsed), command.Program, fault => _screen.Error.WriteLine($"warning: {fault}"));
        var run = new Run(folder.Append);
        run.Add(ProgramOptions.Started(folder, Name, _words));

        bool interrupted = false, tried = false;
        using (var interrupts = new Interrupts(() => say("stopping")))
        {
            try
            {
                tried = await PythonWhatIf.Run(python, command, run, recipe, parsed.GetValue(_steps) ?? DefaultSteps, parsed.GetValue(_budget) ?? s_budget, interrupts.Token);
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

    static Option<Intervention[]> Several(string name, string valueName, string description, Func<string, Intervention> parse)
    {
        var option = new Option<Intervention[]>(name) { Description = description, HelpName = valueName, Arity = ArgumentArity.OneOrMore, DefaultValueFactory = _ => [] };
        option.CustomParser = result =>
        {
            try
            {
                return [.. result.Tokens.Select(t => parse(t.Value))];
            }
            catch (PessimistException e)
            {
                result.AddError($"{name}: {e.Message}{(e.Help is { } help ? "\n" + help : "")}");
                return [];
            }
        };
        return option;
    }
}
