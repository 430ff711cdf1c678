using System.CommandLine;
using Pessimist.Cli.Terminal;
using Pessimist.Diagnosis;
using Pessimist.Engine.Walk;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist report</c>: a recorded run, judged and rendered again.</summary>
sealed class ReportCommand : ToolCommand
{
    readonly Screen _screen;
    readonly Argument<string> _id = new("RUN")
    {
        Description = "the run's ID or its beginning, or the path of its folder; the newest run when left out, or 'latest'",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => RunArchive.Latest,
    };

    readonly Option<string?> _runs = Valued("--runs", "FOLDER", "where runs are kept (default .pessimist/runs)", text => text, DiagnoseOptions.DefaultRunsFolder);
    readonly CheckOptions _checks = new();
    readonly OutputOptions.Arguments _output = new();

    public ReportCommand(Screen screen) : base("report", "judge a recorded run again and show its report")
    {
        _screen = screen;
        Arguments.Add(_id);
        Groups = [_checks.Group, _output.Group, new OptionGroup("Runs", [_runs])];
        Examples =
        [
            new("pessimist report", "the newest run"),
            new("pessimist report --format sarif --output pessimist.sarif", "annotations for code scanning"),
            new("pessimist report --select PES3,vanishing-gradients", "only what is asked for"),
            new("pessimist report latest --format html --output report.html", "a file to send to somebody"),
            new("pessimist report ~/nightly/run-7", "a run that was copied from elsewhere"),
        ];
        AddGroups();
        SetAction(Execute);
    }

    int Execute(ParseResult parsed)
    {
        var common = CommonOptions.From(parsed);
        var checks = _checks.Read(parsed);
        var output = _output.Read(parsed, checks);
        var entry = RunArchive.In(parsed.GetValue(_runs)!).Find(parsed.GetValue(_id)!);
        var recorded = RunReader.Read(entry);
        if (recorded.Skipped > 0) _screen.Error.WriteLine(FormattableString.Invariant($"warning: {recorded.Skipped} records of {entry.ObservationsPath} are unknown to this version and left out"));
        if (recorded.CutOff) _screen.Error.WriteLine("warning: the last record of the run is cut off; the run was killed or the disk was full");
        if (recorded.Truncated) _screen.Error.WriteLine($"warning: {entry.ObservationsPath} is too large; only its beginning was read");

        var report = Report.From(recorded.Run, Diagnose.Everything(recorded.Run, checks), Directory.GetCurrentDirectory());
        using var folder = RunFolder.Open(entry);
        output.Write(report, _screen, common, RunReports.Write(report, folder, _screen));
        return output.ExitCode(report);
    }
}
