using System.CommandLine;
using Pessimist.Checks.Settings;
using Pessimist.Cli.Terminal;
using Pessimist.Diagnosis;
using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist diagnose</c>: from a data set to a diagnosis.</summary>
sealed class DiagnoseCommand : ToolCommand
{
    readonly Screen _screen;
    readonly IWalker _walker;
    readonly IReadOnlyList<string> _words;
    readonly DiagnoseArguments _arguments = new();
    readonly CheckOptions _checks = new();
    readonly OutputOptions.Arguments _output = new();

    /// <param name="words">The command line, for the record.</param>
    public DiagnoseCommand(Screen screen, IWalker walker, IReadOnlyList<string> words)
        : base("diagnose", "walk the whole playbook on a data set: check the data, build the simple start, overfit one batch, train, compare, take the error apart, tune, say what is next")
    {
        _screen = screen;
        _walker = walker;
        _words = words;
        Arguments.Add(_arguments.Data);
        Groups = [.. _arguments.Groups, _checks.Group, _output.Group];
        Examples =
        [
            new("pessimist diagnose samples/digits.csv --target label", "the whole walk on 1,797 handwritten digits"),
            new("pessimist diagnose houses.csv --target price --goal 20000 --split time=sold", "regression, tested on the latest sales"),
            new("pessimist diagnose photos/ --model lenet --budget 10m", "images in one folder per class, ten minutes at most"),
            new("pessimist diagnose scans.csv --target ill --split 60/20/20,group=patient --human 3%", "no patient in two sets; people are wrong in 3 % of the cases"),
            new("pessimist diagnose --input photo=photos/ --input patient=patients.csv --id file --target ill", "two inputs, matched by the names of the pictures, each with a branch of its own"),
            new("pessimist diagnose data.csv --target y --format json -q | jq .summary", "for scripts"),
        ];
        AddGroups();
        SetAction(Execute);
    }

    int Execute(ParseResult parsed)
    {
        var common = CommonOptions.From(parsed);
        var checks = _checks.Read(parsed);
        var output = _output.Read(parsed, checks);
        var options = _arguments.Read(parsed, _words) with { Checks = checks };
        // Before a run folder is made for nothing.
        foreach (var path in options.Inputs.Count == 0 ? [options.Data] : options.Inputs.Select(i => i.Path)) InputFiles.RefuseMissing(path);
        if (options.Test is { } test) InputFiles.RefuseMissing(test);
        if (options.Weights is { } weights) InputFiles.RefuseMissing(weights);

        var machine = _walker.Describe(options);

        using var folder = RunFolder.CreateIn(options.RunsFolder, options.Inputs.Count == 0 ? options.Data : string.Join('-', options.Inputs.Select(i => i.Name)), fault => _screen.Error.WriteLine($"warning: {fault}"));
        var run = new Run(folder.Append);
        run.Add(new RunStarted
        {
            Id = folder.Id,
            ToolVersion = VersionCommand.Number,
            Command = Name,
            Arguments = [.. _words.SkipWhile(w => w != Name).Skip(1)],
            Time = DateTimeOffset.Now,
            Seed = options.Seed,
            Device = machine.Device,
            Libtorch = machine.Libtorch,
            Blas = machine.Blas,
            Threads = machine.Threads,
        });

        RunEnding ending;
        try
        {
            ending = WalkWatched(options with { WeightsFolder = folder.Path }, run, common);
        }
        catch (Exception e) when (e is not PessimistException && run.All<StageFinished>().Any())
        {
            // What was found before the failure is worth more than an apology.
            Show(run, folder, checks, output, common);
            throw;
        }

        var report = Show(run, folder, checks, output, common);
        return ending == RunEnding.Interrupted ? ExitCodes.Interrupted : output.ExitCode(report);
    }

    RunEnding WalkWatched(DiagnoseOptions options, Run run, CommonOptions common)
    {
        using var line = !common.Quiet && _screen.ErrorIsTerminal ? new ProgressLine(_screen, _screen.ColorsError(common.Color)) : null;
        IWalkProgress progress = line is not null ? line : common.Quiet ? NoProgress.Instance : new ProgressLog(_screen.Error);
        using var interrupts = new Interrupts(() => progress.Said("stopping; what was found until now is reported (Ctrl-C again: quit at once)"));
        return _walker.Walk(options, run, progress, interrupts.Token);
    }

    Report Show(Run run, RunFolder folder, CheckSettings checks, OutputOptions output, CommonOptions common)
    {
        var report = Report.From(run, Diagnose.Everything(run, checks), Directory.GetCurrentDirectory());
        output.Write(report, _screen, common, RunReports.Write(report, folder, _screen));
        return report;
    }
}
