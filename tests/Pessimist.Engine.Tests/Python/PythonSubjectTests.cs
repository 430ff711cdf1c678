using Pessimist.Engine.Python;
using Pessimist.Experiments;

namespace Pessimist.Engine.Tests.Python;

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

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_script_is_tried_on_its_first_batch_with_one_thing_changed()
    {
        var subject = PythonSubject.Of(_python, Command(Script), s_limit, out var unfit, TestContext.Current.CancellationToken);
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
    public void A_script_that_cannot_be_tried_says_why()
    {
        PythonSubject.Of(_python, Command("raise ValueError('no data')"), s_limit, out var unfit, TestContext.Current.CancellationToken).ShouldBeNull();
        unfit.ShouldBe(new Unfit("it ended with exit code 1 before its first step", Failed: true));
    }

    PythonCommand Command(string script)
    {
        var path = Path.Combine(_folder, "train.py");
        File.WriteAllText(path, script);
        return new PythonCommand(path, false, []);
    }
}
