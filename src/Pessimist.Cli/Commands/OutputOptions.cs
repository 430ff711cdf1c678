using System.CommandLine;
using System.Text;
using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Cli.Terminal;
using Pessimist.Reporting;
using Pessimist.Reporting.Sarif;

namespace Pessimist.Cli.Commands;

enum OutputFormat { Text, Concise, Json, Sarif, Markdown, Html }

/// <summary>How the result of a command is shown, and when it counts as a failure.</summary>
sealed record OutputOptions(OutputFormat Format, string? File, FailOn FailOn)
{
    static readonly UTF8Encoding _utf8 = new(false);

    /// <summary>The options themselves; each command has its own set.</summary>
    public sealed class Arguments
    {
        readonly Option<OutputFormat> _format = ToolCommand.Choosing<OutputFormat>("--format", "text for people, concise for grep, json for scripts, sarif for code scanning, markdown or html to pass on",
            [("text", OutputFormat.Text), ("concise", OutputFormat.Concise), ("json", OutputFormat.Json), ("sarif", OutputFormat.Sarif), ("markdown", OutputFormat.Markdown), ("html", OutputFormat.Html)]);

        readonly Option<string?> _output = ToolCommand.Valued("--output", "FILE", "write the result there; '-' is standard output", text => text);

        readonly Option<FailOn?> _failOn = ToolCommand.Choosing<FailOn?>("--fail-on", "exit 1 on findings of this level or above (default error)",
            [("error", FailOn.Error), ("warning", FailOn.Warning), ("note", FailOn.Note), ("never", FailOn.Never)]);

        public OptionGroup Group => new("Output", [_format, _output, _failOn]);

        /// <param name="settings">What the project says, where the command line says nothing.</param>
        public OutputOptions Read(ParseResult parsed, CheckSettings settings) =>
            new(parsed.GetValue(_format), parsed.GetValue(_output) is { } file and not "-" ? file : null, parsed.GetValue(_failOn) ?? settings.FailOn ?? FailOn.Error);
    }

    /// <summary>Standard output holds one result for another program to read: nothing else may be written there.</summary>
    public bool TakesStandardOutput => File is null && Format != OutputFormat.Text;

    public int ExitCode(Report report) => FailOn != FailOn.Never && report.Findings.Any(f => f.Level >= Least) ? ExitCodes.Findings : ExitCodes.Ok;

    Level Least => FailOn switch { FailOn.Note => Level.Note, FailOn.Warning => Level.Warning, _ => Level.Error };

    /// <summary>Renders and writes. A file is written whole or not at all.</summary>
    /// <param name="htmlPath">Where the HTML report already lies, as the user would write it, or null.</param>
    /// <exception cref="PessimistException">The report cannot be rendered, or the file cannot be written.</exception>
    public void Write(Report report, Screen screen, CommonOptions common, string? htmlPath)
    {
        string text;
        try
        {
            text = Render(report, screen, common, htmlPath);
        }
        catch (Exception e) when (e is not PessimistException)
        {
            throw new PessimistException(RunReports.Fault(Format.ToString().ToLowerInvariant(), e), $"the run is kept: pessimist report {report.Run.Id} with another --format shows it; please report this mistake of pessimist", e);
        }

        if (File is { } file) Save(file, text);
        else screen.Out.Write(text);
        if (!common.Quiet && Format != OutputFormat.Text && htmlPath is not null) screen.Error.WriteLine($"report: {htmlPath}");
    }

    string Render(Report report, Screen screen, CommonOptions common, string? htmlPath) =>
        Format switch
        {
            OutputFormat.Concise => ConciseReport.Render(report),
            OutputFormat.Json => ReportJson.Render(report),
            OutputFormat.Sarif => SarifReport.Render(report),
            OutputFormat.Markdown => MarkdownReport.Render(report),
            OutputFormat.Html => HtmlReport.Render(report),
            _ => Pasted.Commands(TextReport.Render(report, new TextOptions(
                (File is null ? screen.ColorsOut(common.Color) : common.Color == ColorMode.Always) ? Styles.Ansi : Styles.None,
                screen.Columns(), htmlPath, common.Verbose))),
        };

    static void Save(string file, string text)
    {
        try
        {
            var target = (System.IO.File.Exists(file) ? System.IO.File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(file);
            // A device or a pipe of the shell takes the text; a file put in its place would not.
            if (target.StartsWith("/dev/", StringComparison.Ordinal) || target.StartsWith("/proc/", StringComparison.Ordinal))
            {
                System.IO.File.WriteAllText(file, text, _utf8);
                return;
            }

            var partial = target + ".partial";
            try
            {
                System.IO.File.WriteAllText(partial, text, _utf8);
                System.IO.File.Move(partial, target, overwrite: true);
            }
            catch
            {
                System.IO.File.Delete(partial);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new PessimistException($"--output {file} cannot be written: {e.Message.TrimEnd('.')}", "name a file in a folder that exists and is yours, or leave --output out", e);
        }
    }
}
