using Pessimist.Engine.Python;
using Pessimist.Engine.Python.Trials;
using Pessimist.Experiments;

namespace Pessimist.Engine.Tests.Python.Trials;

/// <summary>A script is tried in real processes of a Python with torch.</summary>
public sealed class PythonSubjectTests : IDisposable
{
    const string Script = """
        import torch
        from torch import nn

        data = torch.randn(300, 6)
        labels = (data.sum(1) > 0).long()
        net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3), nn.Softmax(dim=1))
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        for epoch in range(9):
            for at in torch.randperm(300).split(30):
                loss = nn.functional.cross_entropy(net(data[at]), labels[at])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        """;

    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-subject-").FullName;
    readonly PythonInterpreter _python;
    TrialProgram? _program;

    public PythonSubjectTests()
    {
        PythonInterpreter? python = null;
        try
        {
            python = PythonInterpreter.Find(null);
        }
        catch (PessimistException e)
        {
            Assert.Skip(e.Message);
        }

        _python = python!;
    }

    public void Dispose()
    {
        _program?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_script_is_tried_on_its_first_batch_with_one_thing_changed()
    {
        var subject = PythonSubject.Of(Program(Script), s_limit, out var unfit, TestContext.Current.CancellationToken);
        unfit.ShouldBeNull();
        var facts = subject.ShouldNotBeNull().Facts;
        facts.Optimizer.ShouldBe("Adam");
        facts.LearningRate!.Value.ShouldBe(0.01, 1e-9);
        facts.KnowNothingAs.ShouldBe("ln 3");
        facts.BatchSize.ShouldBe(30);
        var suspicion = facts.Suspicions.ShouldHaveSingleItem();
        suspicion.Cause.ShouldBe(Causes.SoftmaxBeforeCrossEntropy);
        suspicion.Site!.Line.ShouldBe(10);

        List<int> asked = [];
        var trial = subject.Run(new TrialRequest
        {
            Seed = 1,
            Steps = 1000,
            Recipe = Recipe.Of(suspicion.Undo),
            GoOn = (losses, _) =>
            {
                asked.Add(losses.Count);
                return losses.Count < 20;
            },
            Cancel = TestContext.Current.CancellationToken,
        });
        asked.ShouldBe([11, 21]);
        trial.Losses.Count.ShouldBe(21);
        trial.FinalError.ShouldNotBeNull();
        trial.FirstHash.ShouldBe(trial.LastHash);

        subject.Run(new TrialRequest { Seed = 0, Steps = 3, Recipe = Recipe.Of(new UsePlainLoss()), Cancel = TestContext.Current.CancellationToken }).Losses.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_trial_writes_leaves_the_files_of_the_user_as_they_are()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        File.WriteAllText(Path.Combine(_folder, "log.txt"), "mine\n");
        File.WriteAllText(Path.Combine(_folder, "checkpoint.pt"), "mine");
        var big = Path.Combine(_folder, "data", "big.csv");
        using (var stream = File.Create(big)) stream.SetLength(5 << 20);
        var weights = Path.Combine(_folder, "data", "weights");
        using (var stream = File.Create(weights)) stream.SetLength(5 << 20);
        var elsewhere = Path.Combine(Directory.CreateDirectory(_folder + "-elsewhere").FullName, "results.txt");
        File.WriteAllText(elsewhere, "theirs");
        try
        {
            var program = Program($"""
                import os
                import tempfile
                import torch

                # Makes and removes a file under a lock of its own.
                tempfile.gettempdir()
                open("log.txt", "a").write("again\n")
                assert open("log.txt").read() == "mine\nagain\n"
                assert os.path.getsize("data/big.csv") == 5 << 20
                open("data/big.csv", "a").write("more")
                open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "results.txt"), "w").write("1")
                os.rename("log.txt", "old.txt")
                w = torch.zeros(3, requires_grad=True)
                torch.save(w, "checkpoint.pt")
                torch.save(w, "data/weights")
                open("{elsewhere}", "w").write("told")
                optimizer = torch.optim.SGD([w], lr=0.1)
                for step in range(3):
                    loss = ((w - 1) ** 2).sum()
                    loss.backward()
                    optimizer.step()
                """);
            var seen = program.Run(new PythonProbeOptions { Steps = 2 }, null, s_limit, TestContext.Current.CancellationToken);
            seen.End.ShouldNotBeNull().Died.ShouldBeNull();
            seen.Steps.Count.ShouldBe(3);
            File.ReadAllText(Path.Combine(_folder, "log.txt")).ShouldBe("mine\n");
            File.ReadAllText(Path.Combine(_folder, "checkpoint.pt")).ShouldBe("mine");
            new FileInfo(big).Length.ShouldBe(5 << 20);
            new FileInfo(weights).Length.ShouldBe(5 << 20);
            Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order().ShouldBe(["checkpoint.pt", "data", "log.txt", "train.py"]);
            program.Outside.ShouldBe([elsewhere]);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(elsewhere)!, recursive: true);
        }
    }

    [Fact]
    public async Task What_fails_beside_another_trial_runs_alone()
    {
        var program = Program($"""
            import socket
            port = socket.socket(socket.AF_UNIX)
            port.bind("\0{Path.GetFileName(_folder)}")
            import time
            import torch

            w = torch.zeros(3, requires_grad=True)
            optimizer = torch.optim.SGD([w], lr=0.1)
            time.sleep(1)
            for step in range(3):
                loss = ((w - 1) ** 2).sum()
                loss.backward()
                optimizer.step()
            """);
        var seen = await program.RunAll([new() { Steps = 2, Seed = 0 }, new() { Steps = 2, Seed = 1 }], TestContext.Current.CancellationToken);
        seen.ShouldAllBe(t => t.Steps.Count == 3);
    }

    [Fact]
    public void A_script_that_cannot_be_tried_says_why()
    {
        PythonSubject.Of(Program("raise ValueError('no data')"), s_limit, out var unfit, TestContext.Current.CancellationToken).ShouldBeNull();
        unfit.ShouldBe(new Unfit("it ended with exit code 1 before its first step", Failed: true));
    }

    TrialProgram Program(string script)
    {
        File.WriteAllText(Path.Combine(_folder, "train.py"), script);
        _program = new TrialProgram(_python, new PythonCommand("train.py", false, []), TrialFolder.Of(_folder));
        return _program;
    }
}
