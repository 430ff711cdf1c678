using System.Diagnostics;
using Pessimist.Checks.Settings;
using Pessimist.Cli.Terminal;
using Pessimist.Diagnosis;
using Pessimist.Engine.Python;
using Pessimist.Engine.Python.Trials;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary>What <c>run</c>, <c>overfit</c> and <c>whatif</c> do alike: the record of a run, trials of the program, and the report.</summary>
sealed class ProgramSession : IDisposable
{
    readonly Screen _screen;
    readonly RunFolder _folder;

    public ProgramSession(Screen screen, CommonOptions common, CheckSettings checks, OutputOptions output, PythonInterpreter python, PythonCommand command, RunFolder folder, RunStarted started)
    {
        (_screen, _folder) = (screen, folder);
        (Common, Checks, Output, Python, Command) = (common, checks, output, python, command);
        Run = new Run(folder.Append);
        Run.Add(started);
    }

    public CommonOptions Common { get; }
    public CheckSettings Checks { get; }
    public OutputOptions Output { get; }
    public PythonInterpreter Python { get; }
    public PythonCommand Command { get; }
    public Run Run { get; }

    /// <summary>A line on standard error.</summary>
    public void Say(string message) => Messages.To(_screen, Common)(message);

    /// <summary>Runs trials of the program until they are done or the user stops them.</summary>
    /// <param name="folder">The state of the working directory for trials; null for the one that it is in now.</param>
    /// <param name="budget">For what is said of the time.</param>
    /// <param name="what">What happens, with the trials, the way to say so, and what stops it.</param>
    /// <returns>False when the user stopped it.</returns>
    public async Task<bool> Try(TrialFolder? folder, TimeSpan budget, Func<TrialProgram, Action<string>, CancellationToken, Task> what)
    {
        using var program = new TrialProgram(Python, Command, folder ?? TrialFolder.Of(Directory.GetCurrentDirectory()));
        Say(program.Folder.Obstacle is { } obstacle
            ? $"{Command.Program} runs several times, up to some steps, its output hidden, in this folder itself ({obstacle}): files that it writes are written each time"
            : $"{Command.Program} runs several times, up to some steps, its output hidden, each time in a fresh copy of this folder ({program.Folder.Words}); what it writes elsewhere, by absolute paths, it writes there");
        var start = Stopwatch.GetTimestamp();
        using var interrupts = new Interrupts(() => Say("stopping; what was found until now is reported"));
        try
        {
            await what(program, message => Say($"{message} ({Left()})"), interrupts.Token);
            return true;
        }
        catch (OperationCanceledException) when (interrupts.Happened)
        {
            return false;
        }
        finally
        {
            if (program.Outside.Count > 0 && program.Folder.Obstacle is null && !Common.Quiet)
                _screen.Error.WriteLine($"note: in its trials the program also wrote outside of this folder: {Display.Clean(string.Join(", ", program.Outside.Take(4)))}");
        }

        string Left() => Stopwatch.GetElapsedTime(start) is var gone && gone < budget ? $"{ProgressLine.Duration(gone)} gone, at most {ProgressLine.Duration(budget - gone)} left" : "its time is up";
    }

    /// <summary>Ends the record and writes the report.</summary>
    public Report Finish(RunEnded ended)
    {
        Run.Add(ended);
        var report = Report.From(Run, Diagnose.Everything(Run, Checks), Directory.GetCurrentDirectory());
        Output.Write(report, _screen, Common, RunReports.Write(report, _folder, _screen));
        return report;
    }

    /// <summary>The same for a command that only tries the program.</summary>
    /// <param name="tried">The program did not fail by itself.</param>
    public int FinishTrials(bool interrupted, bool tried)
    {
        var report = Finish(new RunEnded { Ending = interrupted ? RunEnding.Interrupted : RunEnding.Completed });
        return interrupted ? ExitCodes.Interrupted : tried ? Output.ExitCode(report) : ExitCodes.ProgramFailed;
    }

    public void Dispose() => _folder.Dispose();
}
