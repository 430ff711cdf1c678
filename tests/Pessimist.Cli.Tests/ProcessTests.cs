using System.Diagnostics;

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
    public void A_reader_that_leaves_early_is_no_error()
    {
        using var process = Start("diagnose", "--help");
        process.StandardOutput.Dispose();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        error.ShouldBeEmpty();
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
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pessimist.Cli.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        return Process.Start(start)!;
    }
}
