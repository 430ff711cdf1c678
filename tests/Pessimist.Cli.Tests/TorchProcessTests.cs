using System.Diagnostics;
using System.Text.Json;
using Pessimist.Engine.Python;

namespace Pessimist.Cli.Tests;

/// <summary>The tool on a real PyTorch program: probe, socket, diagnosis and second runs together.</summary>
public sealed class TorchProcessTests : IDisposable
{
    const string Program = """
        import torch
        from torch import nn

        torch.manual_seed(0)
        x = torch.randn(512, 10)
        y = x[:, :3].argmax(1)
        net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3), nn.Softmax(dim=1))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for step in range(150):
            at = torch.randint(512, (64,))
            loss = nn.functional.cross_entropy(net(x[at]), y[at])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print("trained")
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-torch-").FullName;

    public TorchProcessTests()
    {
        try
        {
            PythonInterpreter.Find(null);
        }
        catch (PessimistException e)
        {
            Assert.Skip(e.Message);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_cause_is_found_with_its_line_and_undoing_it_confirms_it()
    {
        var (code, output, error) = Run(Program, "run", "--confirm", "--format", "json", "train.py");
        code.ShouldBe(1, error);
        using var json = JsonDocument.Parse(output);
        var finding = json.RootElement.GetProperty("findings")[0];
        finding.GetProperty("name").GetString().ShouldBe("softmax-before-cross-entropy");
        finding.GetProperty("location").GetProperty("file").GetString().ShouldBe("train.py");
        finding.GetProperty("location").GetProperty("line").GetInt32().ShouldBe(7);
        finding.GetProperty("confirmation").GetString()!.ShouldMatch(@"^with the softmax \(train\.py:11\) left out the loss after 149 steps is 0\.\d+ instead of 0\.\d+ \(");
        var run = json.RootElement.GetProperty("run");
        run.GetProperty("program").GetProperty("steps").GetInt32().ShouldBe(150);
        run.GetProperty("program").GetProperty("faults").GetArrayLength().ShouldBe(0);
        // Once: of the second runs nothing is to be seen.
        error.Split('\n').Count(l => l == "trained").ShouldBe(1);
    }

    [Fact]
    public void The_operation_that_makes_a_NaN_is_found_by_a_second_run()
    {
        var (code, output, error) = Run("""
            import torch
            from torch import nn

            torch.manual_seed(0)
            x = torch.rand(64, 5)
            net = nn.Linear(5, 1)
            optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

            def score(p):
                return torch.log(p)

            for step in range(60):
                p = torch.relu(net(x) - 5)
                loss = -score(p).mean() if step > 30 else ((p - 1) ** 2).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            """, "run", "--format", "concise", "train.py");
        code.ShouldBe(1, error);
        error.ShouldContain("runs again up to step 31");
        output.ShouldContain("train.py:10");
        output.ShouldContain("log makes the first NaN");
    }

    (int Code, string Out, string Error) Run(string program, params string[] words)
    {
        File.WriteAllText(Path.Combine(_folder, "train.py"), program);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pessimist.Cli.dll"), .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
