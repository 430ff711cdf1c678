using System.Diagnostics;
using System.Globalization;

namespace Pessimist.Cli.Tests;

/// <summary>The built tool as its users run it.</summary>
public sealed class ProcessTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-process-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Results_and_messages_are_kept_apart()
    {
        var (code, output, error) = Run("checks", "--format", "json");
        code.ShouldBe(0);
        output.ShouldStartWith("{");
        error.ShouldBeEmpty();
    }

    [Fact]
    public void A_usage_error_exits_2_with_nothing_on_stdout()
    {
        var (code, output, error) = Run("diagnose", "missing.csv");
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldStartWith("error: there is no file 'missing.csv'");
        error.ShouldNotContain("   at ");
    }

    [Fact]
    public void The_projects_file_is_read_from_the_working_directory()
    {
        var file = Path.Combine(_folder, "pessimist.json");
        File.WriteAllText(file, """{ "ignore": ["loss-not-finite"] }""");
        Run("checks").Out.ShouldContain("(ignored by pessimist.json: ignore loss-not-finite)");
        File.WriteAllText(file, """{ "ignored": [] }""");
        var (code, output, error) = Run("checks");
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldStartWith("error: pessimist.json: there is no key 'ignored'; did you mean 'ignore'?");
    }

    [Fact]
    public void A_reader_that_leaves_early_is_no_error()
    {
        using var process = Start("diagnose", "--help");
        process.StandardOutput.Dispose();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        error.ShouldBeEmpty();
    }

    [Fact]
    public void A_full_disk_behind_stdout_is_a_message()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        var start = new ProcessStartInfo("sh", ["-c", "exec dotnet \"$0\" checks >/dev/full", Path.Combine(AppContext.BaseDirectory, "Pessimist.Cli.dll")]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(2);
        error.ShouldStartWith("error: the result cannot be written to standard output: No space left on device");
    }

    [Fact]
    public async Task Ctrl_C_stops_the_walk_and_still_reports()
    {
        Assert.SkipUnless(Torch.Torch.IsAvailable, "there is no libtorch");
        using var process = Start("diagnose", Path.Combine(Repository(), "samples", "digits.csv"), "--target", "label");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        // The second stage is announced: the walk is under way.
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith("2/", StringComparison.Ordinal))
                break;
        using (var kill = Process.Start("sh", ["-c", $"kill -INT {process.Id.ToString(CultureInfo.InvariantCulture)}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var rest = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(130);
        rest.ShouldContain("stopping");
        rest.ShouldNotContain("error");
        (await output).ShouldContain("interrupted");
        var run = Directory.EnumerateDirectories(Path.Combine(_folder, ".pessimist", "runs")).ShouldHaveSingleItem();
        File.ReadLines(Path.Combine(run, "observations.jsonl")).Last().ShouldContain("interrupted");
        File.Exists(Path.Combine(run, "report.html")).ShouldBeTrue();
    }

    static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Pessimist.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    (int Code, string Out, string Error) Run(params string[] args)
    {
        using var process = Start(args);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    Process Start(params string[] args)
    {
        // Tests that run in the background of a script inherit an ignored Ctrl-C.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "Pessimist.Cli.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        return Process.Start(start)!;
    }
}
