using Pessimist.Cli.Terminal;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary>The reports that are kept beside a recorded run.</summary>
static class RunReports
{
    /// <summary>Writes them; what cannot be rendered is one line on standard error and takes nothing else with it.</summary>
    /// <returns>Path of the HTML report as the user would write it; null when it was not written.</returns>
    public static string? Write(Report report, RunFolder folder, Screen screen)
    {
        var html = Try("html", () => HtmlReport.Render(report), screen) is { } page && folder.Write(RunFolder.HtmlFile, page);
        if (Try("json", () => ReportJson.Render(report), screen) is { } json) folder.Write(RunFolder.JsonFile, json);
        return html ? Path.GetRelativePath(Directory.GetCurrentDirectory(), folder.HtmlPath) : null;
    }

    static string? Try(string format, Func<string> render, Screen screen)
    {
        try
        {
            return render();
        }
#pragma warning disable CA1031 // Whatever a renderer throws, the others are still worth having.
        catch (Exception e)
#pragma warning restore CA1031
        {
            screen.Error.WriteLine($"warning: {Fault(format, e)}");
            return null;
        }
    }

    public static string Fault(string format, Exception e) => Display.Clean($"the report cannot be rendered as {format}: {e.GetType().Name}: {e.Message}");
}
