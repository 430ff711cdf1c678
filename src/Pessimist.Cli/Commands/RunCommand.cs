using System.CommandLine;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Diagnosis;
using Pessimist.Engine.Python;
using Pessimist.Engine.Python.Trials;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist run</c>: an unmodified PyTorch program, watched and diagnosed.</summary>
sealed class RunCommand : ProgramCommand
{
    static readonly TimeSpan s_budget = TimeSpan.FromMinutes(2);

    readonly Screen _screen;
    readonly IReadOnlyList<string> _words;
    readonly Option<bool> _confirm = Flag("--confirm", "run the program again, up to some steps, with the suspected cause of each finding undone: suspected becomes confirmed, or not");
    readonly Option<bool> _noRerun = Flag("--no-rerun", "never run the program a second time, as is done to find the operation that made the first NaN");
    readonly Option<TimeSpan?> _budget = Valued<TimeSpan?>("--budget", "TIME", "time for running the program again, such as 90s or 5m (default 2m)", text => Values.Duration(text));

    /// <param name="words">The command line, for the record.</param>
    public RunCommand(Screen screen, ProgramWords program, IReadOnlyList<string> words)
        : base("run", "run a PyTorch program as it is, watch it train, and say what is wrong with it", screen, program, words, watches: true)
    {
        (_screen, _words) = (screen, words);
        Usage = "[options] [--] train.py [arguments...]\n       pessimist run [options] -m package.module [arguments...]";
        Groups = [Shared.Group, new OptionGroup("Second runs", [_confirm, _noRerun, _budget]), Checks.Group, Output.Group];
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

    public override bool OptionsMayFollow => false;

    async Task<int> Execute(ParseResult parsed, CancellationToken cancel)
    {
        using var session = Begin(parsed);
        var run = session.Run;
        var budget = parsed.GetValue(_budget) ?? s_budget;
        var confirms = parsed.GetValue(_confirm);
        // Trials begin where the program did, not with what it has written.
        using var before = confirms ? TrialFolder.Of(Directory.GetCurrentDirectory()) : null;
        before?.Keep();

        ProgramEnding ending;
        using (LiveFindings.Start(run, session.Checks, _screen, session.Common))
        {
            ending = await PythonRun.Watch(session.Python, session.Command, run, new PythonProbeOptions { Overhead = Shared.Overhead(parsed) },
                session.Output.TakesStandardOutput ? ProgramOutput.ToError : ProgramOutput.Inherited,
                () => session.Say("waiting for the program to end; what was seen is reported (again: kill it)"));
        }

        if (!ending.Interrupted && !parsed.GetValue(_noRerun)) await FindNonFinite(session, before, budget);
        if (!ending.Interrupted) await Confirm(session, before, budget, confirms);
        if (!session.Common.Quiet) Tell(run, ending);
        var report = session.Finish(End(run, ending));
        return ending.Interrupted ? ExitCodes.Interrupted : ending.Failed ? ExitCodes.ProgramFailed : session.Output.ExitCode(report);
    }

    /// <summary>Undoes what is suspected, or says how to have that done.</summary>
    async Task Confirm(ProgramSession session, TrialFolder? before, TimeSpan budget, bool confirms)
    {
        var run = session.Run;
        var findings = Diagnose.Everything(run, session.Checks).Findings;
        var open = PythonConfirmation.Open(findings);
        if (open.Count == 0 && !(confirms ? PythonConfirmation.IsUnexplained(run, findings) : PythonConfirmation.HasUnexplainedSymptom(run, findings))) return;
        if (!confirms)
        {
            run.Add(open.Count > 0
                ? new NextAction { Action = "undo the suspected cause, and see whether it helps", Why = $"{(open.Count == 1 ? $"{open[0].Code} names a cause" : $"{open.Count} findings name causes")}; a few short runs of the program, two at a time, show which one keeps the loss up", Command = Line("run", "--confirm") }
                : new NextAction { Action = "try whether one batch can be learned by heart", Why = "the program does not learn, and no cause was seen", Command = Line("overfit") });
            return;
        }

        await session.Try(before, budget, async (program, say, stop) =>
        {
            if (open.Count > 0) await PythonConfirmation.Confirm(program, run, findings, budget, say, stop);
            if (PythonConfirmation.IsUnexplained(run, Diagnose.Everything(run, session.Checks).Findings))
                await Task.Run(() => PythonOverfit.Run(program, run, new OverfitOptions(), budget, say, stop), CancellationToken.None);
        });
    }

    /// <summary>The same program under another command, to paste.</summary>
    string Line(string command, params string[] options)
    {
        string[] own = [.. _words.SkipWhile(w => w != Name).Skip(1)];
        // What stands before the program are this command's options.
        var at = Math.Max(0, own.Length - Program.Words.Count);
        string[] kept = command == Name ? own[..at] : [];
        return string.Join(' ', ((string[])["pessimist", command, .. options, .. kept, .. Program.Words]).Select(ShellWord.Quote));
    }

    /// <summary>Where the first NaN came from, by a second run up to there, when the first did not see it.</summary>
    static async Task FindNonFinite(ProgramSession session, TrialFolder? before, TimeSpan budget)
    {
        if (NonFiniteRerun.Wanting(session.Run) is not { } wanting) return;
        if (NonFiniteRerun.Estimate(wanting) is var estimate && estimate > budget)
        {
            session.Say(FormattableString.Invariant($"which operation made the first NaN or infinity would take another run of about {estimate.TotalSeconds:0} s (--budget {Math.Ceiling(estimate.TotalMinutes):0}m allows it)"));
            return;
        }

        using var program = new TrialProgram(session.Python, session.Command, before ?? TrialFolder.Of(Directory.GetCurrentDirectory()));
        session.Say(FormattableString.Invariant($"{session.Command.Program} runs again up to step {wanting.Step}, to find the operation that made the first NaN or infinity, {(program.Folder.Obstacle is null ? "in a copy of this folder" : "in this folder")}; its output is hidden (--no-rerun leaves this out)"));
        if (await NonFiniteRerun.Find(program, wanting, budget) is { } found) session.Run.Add(found);
        else session.Say("it did not happen again at the same step: the program takes another way each time; a fixed seed would help");
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
}
