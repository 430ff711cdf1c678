using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Pessimist.Cli.Tests;

/// <summary><c>pessimist run</c> as its users start it, with scripts that speak as the probe would.</summary>
public sealed class RunProcessTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-run-").FullName;
    readonly string _python;

    public RunProcessTests()
    {
        Assert.SkipUnless(FakePython.IsThere, "there is no python3");
        _python = FakePython.In(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_programs_streams_arguments_and_folder_are_its_own()
    {
        Script("""print(sys.argv[1:], sys.stdin.read(), os.getcwd()); print("to the error stream", file=sys.stderr)""");
        var (code, output, error) = Run("typed", "train.py", "--lr", "1", "-v", "--", "x");
        code.ShouldBe(0);
        output.ShouldStartWith($"['--lr', '1', '-v', '--', 'x'] typed {_folder}\n");
        output.ShouldContain("no training was seen");
        error.ShouldContain("to the error stream");
        error.ShouldContain($"python: {_python} 3.11.2, torch 9.9");
    }

    [Fact]
    public void What_the_probe_says_is_judged_and_its_cost_told()
    {
        Script("s = connect(); start(s); train(s); end(s)");
        var (code, output, _) = Run("", "train.py");
        code.ShouldBe(0);
        output.ShouldContain("torch 9.9  3 steps");
        output.ShouldContain("watching took 1.0 % of the program's 10.0 s");
        output.ShouldContain("not observed: the far side of the moon");
    }

    [Fact]
    public void With_json_on_standard_output_the_programs_own_goes_to_standard_error()
    {
        Script("""print("epoch 1"); s = connect(); start(s); train(s, loss="NaN"); end(s)""");
        var (code, output, error) = Run("", "--format", "json", "train.py");
        code.ShouldBe(1);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("findings")[0].GetProperty("name").GetString().ShouldBe("loss-not-finite");
        json.RootElement.GetProperty("run").GetProperty("exit_code").GetInt32().ShouldBe(0);
        error.ShouldContain("epoch 1");
    }

    [Theory]
    [InlineData("sys.exit(7)", 7, "exit code 7")]
    [InlineData("os.kill(os.getpid(), signal.SIGKILL)", 137, "killed by SIGKILL")]
    public void A_program_that_fails_is_3_with_its_own_code_in_the_json(string death, int own, string words)
    {
        Script($"s = connect(); start(s); train(s); {death}");
        var (code, output, error) = Run("", "--format", "json", "train.py");
        code.ShouldBe(3);
        using var json = JsonDocument.Parse(output);
        var run = json.RootElement.GetProperty("run");
        run.GetProperty("exit_code").GetInt32().ShouldBe(own);
        run.GetProperty("ending").GetString().ShouldBe("failed");
        run.GetProperty("message").GetString()!.ShouldStartWith(words);
        run.GetProperty("program").GetProperty("framework").GetString().ShouldBe("torch 9.9");
        error.ShouldContain("ended without a last word");
    }

    [Fact]
    public void A_probe_that_sends_rubbish_spoils_nothing()
    {
        Script("""
            s = connect(); start(s)
            s.sendall(b'{"kind":"run-ended","ending":"failed"}\nnot a record\n\x00\xff\xfe\n{"kind":"loss-obs')
            s.sendall(b'\n' + b'x' * 20_000_000 + b'\n')
            train(s); end(s); s.sendall(b'{"kind":"program-en')
            """);
        var (code, output, _) = Run("", "train.py");
        code.ShouldBe(0);
        output.ShouldContain("3 steps");
        output.ShouldNotContain("failed");
    }

    [Fact]
    public void Of_several_processes_the_first_rank_that_trains_is_told_about()
    {
        Script("""
            helper, second, first = connect(), connect(), connect()
            start(helper, program="helper.py")
            start(second, rank=1, program="second.py"); train(second)
            start(first, program="first.py"); train(first); end(first, 42)
            end(second, 1)
            """);
        var (_, output, error) = Run("", "--format", "json", "train.py");
        using var json = JsonDocument.Parse(output);
        var program = json.RootElement.GetProperty("run").GetProperty("program");
        program.GetProperty("name").GetString().ShouldBe("first.py");
        program.GetProperty("steps").GetInt32().ShouldBe(42);
        error.ShouldContain("note: 1 other process trained as well");
    }

    [Fact]
    public void A_process_that_the_program_leaves_behind_is_not_waited_for()
    {
        Script("""
            s = connect(); start(s); train(s); end(s); sys.stdout.flush()
            if os.fork() == 0:
                null = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(null, stream)
                time.sleep(60)
            """);
        Run("", "train.py").Out.ShouldContain("3 steps");
    }

    [Fact]
    public async Task Ctrl_C_is_the_programs_and_the_report_still_comes()
    {
        Script("""
            s = connect(); start(s); train(s); print("ready", flush=True)
            try:
                time.sleep(60)
            except KeyboardInterrupt:
                print("saved", flush=True)
            end(s)
            """);
        using var process = Start("train.py");
        (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("ready");
        using (var kill = Process.Start("sh", ["-c", $"kill -INT {process.Id.ToString(CultureInfo.InvariantCulture)}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(130);
        output.ShouldStartWith("saved\n");
        output.ShouldContain("the run was interrupted");
        output.ShouldContain("3 steps");
    }

    [Theory]
    [InlineData("there is no file 'trin.py'; did you mean 'train.py'?", "trin.py")]
    [InlineData("'data.csv' is not a Python script", "data.csv")]
    [InlineData("'net.ipynb' is a notebook", "net.ipynb")]
    [InlineData("run needs a program", "--quiet")]
    [InlineData("-m names no module", "-m")]
    [InlineData("there is no option '--outptu'; did you mean '--output'?", "--outptu", "x", "train.py")]
    public void What_cannot_be_run_is_named(string message, params string[] words)
    {
        foreach (var name in (string[])["train.py", "data.csv", "net.ipynb"]) File.WriteAllText(Path.Combine(_folder, name), "");
        var (code, output, error) = Run("", words);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain($"error: {message}");
    }

    [Fact]
    public void A_Python_without_torch_is_named_with_the_remedy()
    {
        Script("");
        FakePython.In(_folder, hasTorch: false);
        var (code, _, error) = Run("", "train.py");
        code.ShouldBe(2);
        error.ShouldContain($"error: --python {_python} has no PyTorch");
        error.ShouldContain("pip install torch");
    }

    void Script(string script) => FakePython.Write(_folder, "train.py", script);

    (int Code, string Out, string Error) Run(string input, params string[] words)
    {
        using var process = Start(words);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    Process Start(params string[] words)
    {
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "Pessimist.Cli.dll"), "run", "--python", _python, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        return Process.Start(start)!;
    }
}
