using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;
using Pessimist.Torch.Serialization;

namespace Pessimist.Engine.Tests.Walk;

public sealed class PlaybookWalkTests : IDisposable
{
    readonly SmallData _data = new();

    public void Dispose() => _data.Dispose();

    static Run Walk(DiagnoseOptions options) => Walk(options, NoProgress.Instance, TestContext.Current.CancellationToken);

    static Run Walk(DiagnoseOptions options, IWalkProgress progress, CancellationToken cancel)
    {
        var run = new Run();
        run.Add(new RunStarted { Id = "test", ToolVersion = "0", Command = "diagnose", Seed = options.Seed });
        new PlaybookWalk(options, progress).Execute(run, cancel);
        return run;
    }

    static void ShouldBeHealthy(Run run)
    {
        var loud = Diagnose.Everything(run).Findings.Where(f => f.Level >= Level.Warning);
        loud.ShouldBeEmpty(string.Join("; ", loud.Select(f => f.Message)));
        run.All<StageFinished>().Where(s => s.Status == StageStatus.Failed).ShouldBeEmpty();
        run.All<StageFinished>().Count().ShouldBe(12);
    }

    static double TestValue(Run run, string metric) => run.All<Evaluated>().Last(e => e.Split == "test" && e.Metric == metric).Value;

    [Fact]
    public void Clean_digits_pass_every_stage_without_a_warning()
    {
        var run = Walk(new DiagnoseOptions { Data = SmallData.Digits, Targets = ["label"], Tune = false });
        ShouldBeHealthy(run);
        TestValue(run, "error").ShouldBeLessThan(0.08);
        run.All<InitialLossObserved>().Single().Loss.ShouldBe(Math.Log(10), 0.05);
        run.All<HardExample>().ShouldAllBe(e => e.Picture != null);
        // Published results are quoted, and on another split nothing is judged by them.
        run.All<StageFinished>().Single(s => s.Name == "evaluate").Evidence.ShouldContain(e => e.StartsWith("looks like the digits of scikit-learn", StringComparison.Ordinal));
        run.All<KnownResultCompared>().ShouldBeEmpty();
    }

    [Fact]
    public void A_table_of_classes_is_tuned_within_a_small_budget()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Budget = TimeSpan.FromSeconds(60) });
        ShouldBeHealthy(run);
        run.All<RoundFinished>().ShouldNotBeEmpty();
        run.All<TrialFinished>().First().Parameters["lr"].ShouldBe(3e-4);
        TestValue(run, "error").ShouldBeLessThan(0.1);
    }

    [Fact]
    public void Sequences_of_different_lengths_are_read_without_their_filling()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Visits(), Targets = ["ill"], Sequences = new("patient", "day"), Tune = false, Epochs = 40 });
        ShouldBeHealthy(run);
        run.All<ModelBuilt>().Single().Text.ShouldContain("LSTM(2, 128");
        TestValue(run, "error").ShouldBeLessThan(0.15);
    }

    [Fact]
    public void A_network_trained_elsewhere_is_taken_over_layer_by_layer()
    {
        var (pictures, weights) = (_data.LargePictures(), Path.Combine(_data.Folder, "weights.safetensors"));
        using (Torch.Scope.New())
        {
            Torch.Rng.Seed(0);
            using var net = Torch.Models.ResNet.Of18(1000);
            Safetensors.Write(weights, net.StateDict());
        }

        var run = Walk(new DiagnoseOptions { Data = pictures, Weights = weights, Budget = TimeSpan.FromSeconds(60), Epochs = 60, LearningRate = 3e-3 });
        run.All<StageFinished>().Where(s => s.Status == StageStatus.Failed).ShouldBeEmpty();
        run.All<ModelBuilt>().Single().Name.ShouldBe("resnet18");
        run.All<ModelBuilt>().Single().Why.ShouldContain("512 features");
        run.All<StageFinished>().Single(s => s.Name == "tune").Summary.ShouldContain("fine-tuning");
        // Features of random weights tell stripes apart, too.
        TestValue(run, "error").ShouldBeLessThan(0.3);
    }

    [Fact]
    public void Few_pictures_lead_to_the_advice_and_data_that_are_none_refuse_the_weights()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.LargePictures(), Tune = false, Epochs = 1, Budget = TimeSpan.FromSeconds(20) });
        var said = run.All<StageFinished>().Single(s => s.Name == "start simple").Evidence;
        said.ShouldContain(e => e.Contains("save_file(resnet18("));
        said.ShouldContain(e => e.EndsWith("--weights resnet18.safetensors"));
        Should.Throw<PessimistException>(() => Walk(new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Weights = "w.safetensors" })).Message.ShouldContain("a network for pictures");
        run = Walk(new DiagnoseOptions { Data = SmallData.Digits, Targets = ["label"], Tune = false, Epochs = 1 });
        run.All<StageFinished>().Single(s => s.Name == "start simple").Evidence.ShouldNotContain(e => e.Contains("--weights"));
    }

    [Fact]
    public void Several_inputs_get_a_branch_each_and_pass_every_stage()
    {
        var (sequences, table) = _data.SequencesAndTable();
        var run = Walk(new DiagnoseOptions { Data = "both", Inputs = [new("scan", sequences), new("patient", table)], Targets = ["ill"], Tune = false });
        ShouldBeHealthy(run);
        run.All<ModelBuilt>().Single().Name.ShouldBe("multi-input");
        run.All<ModelBuilt>().Single().Text.ShouldContain("(branches.scan)");
        run.All<BaselineMeasured>().ShouldNotBeEmpty();
        // Two of the four classes stand in the sequences, and two in the table.
        TestValue(run, "error").ShouldBeLessThan(0.15);
        run.All<DataProfiled>().Single().Profile.Columns.Select(c => c.Name).ShouldContain("patient/age");
    }

    [Fact]
    public void Wrong_labels_are_suspected_by_name()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Blobs(600, wrongEvery: 15), Targets = ["kind"], Tune = false });

        Diagnose.Everything(run).Findings.Where(f => f.Level >= Level.Warning).ShouldHaveSingleItem().Code.ShouldBe("PES109");
        // Rows are counted from 1, and every 15th is wrong.
        var suspects = run.All<LabelSuspected>().Select(s => int.Parse(s.Example.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        suspects.Length.ShouldBeGreaterThan(20);
        suspects.ShouldAllBe(row => row % 15 == 0);
        run.All<SlicesSearched>().Single().Candidates.ShouldBeGreaterThan(0);
        run.All<CalibrationMeasured>().Single().Count.ShouldBe(run.All<SlicesSearched>().Single().Examples);
    }

    [Fact]
    public void Regression_is_reported_in_the_unit_of_the_data()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Prices(), Targets = ["price"], Tune = false });
        ShouldBeHealthy(run);
        TestValue(run, "rmse").ShouldBeInRange(3_000, 60_000);
        run.All<InitialLossObserved>().Single().Loss.ShouldBe(1, 0.15);
    }

    [Fact]
    public void Several_labels_at_once_are_learned()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Tags(), Targets = ["red", "round"], Tune = false });
        ShouldBeHealthy(run);
        TestValue(run, "error").ShouldBeLessThan(0.2);
    }

    [Fact]
    public void Pictures_start_with_lenet()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Stripes(), Tune = false, Epochs = 10 });
        ShouldBeHealthy(run);
        run.All<ModelBuilt>().Single().Name.ShouldBe("lenet");
        TestValue(run, "error").ShouldBeLessThan(0.1);
    }

    [Fact]
    public void Sequences_start_with_an_LSTM()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Made("copy", steps: 4), Tune = false, LearningRate = 3e-3, Epochs = 20 });
        ShouldBeHealthy(run);
        run.All<ModelBuilt>().Single().Name.ShouldBe("lstm");
        TestValue(run, "error").ShouldBeLessThan(0.1);
    }

    [Fact]
    public void A_long_table_is_read_as_sequences()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Made("adding", steps: 10, csv: true), Targets = ["target"], Sequences = new("id", "step"), Tune = false, LearningRate = 3e-3, Epochs = 30, Model = ModelChoice.Tcn });
        ShouldBeHealthy(run);
        TestValue(run, "rmse").ShouldBeLessThan(0.2);
    }

    [Theory]
    [InlineData(ModelChoice.Lstm, "--model lstm needs sequences")]
    [InlineData(ModelChoice.ResNet18, "--model resnet18 needs pictures of at least 32 x 32")]
    public void A_network_that_does_not_take_the_inputs_is_refused(ModelChoice model, string message) =>
        Should.Throw<PessimistException>(() => Walk(new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Model = model })).Message.ShouldContain(message);

    [Fact]
    public void A_goal_that_is_met_ends_the_work()
    {
        var run = Walk(new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Goal = 0.2 });
        run.All<StageFinished>().Single(s => s.Name == "tune").Status.ShouldBe(StageStatus.Skipped);
        run.All<NextAction>().First().Action.ShouldContain("goal is met");
    }

    [Fact]
    public void The_same_seed_gives_the_same_walk()
    {
        var options = new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Tune = false, Epochs = 5 };
        double[] Losses(Run run) => [.. run.All<EpochFinished>().Select(e => e.TrainLoss)];
        Losses(Walk(options)).ShouldBe(Losses(Walk(options)));
        Losses(Walk(options with { Seed = 1 })).ShouldNotBe(Losses(Walk(options)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void Stopped_in_any_stage_the_run_ends_as_interrupted_and_can_be_shown(int stage)
    {
        using var cancel = new CancellationTokenSource();
        var run = Walk(new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Epochs = 3, Budget = TimeSpan.FromSeconds(20) }, new StopAt(stage, cancel), cancel.Token);
        // The last stage only sums up: it may be done before it sees the request.
        if (stage < 12) run.All<RunEnded>().Single().Ending.ShouldBe(RunEnding.Interrupted);
        run.All<StageFinished>().Count().ShouldBeGreaterThanOrEqualTo(stage - 1);
        var report = Report.From(run, Diagnose.Everything(run), _data.Folder);
        TextReport.Render(report, new TextOptions(Styles.None)).ShouldNotBeEmpty();
        ReportJson.Render(report).ShouldNotBeEmpty();
    }

    [Fact]
    public void Best_and_last_weights_are_kept_where_asked_and_a_folder_that_is_gone_costs_nothing()
    {
        var options = new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Tune = false, Epochs = 3, WeightsFolder = _data.Folder };
        Walk(options);
        Safetensors.Read(Path.Combine(_data.Folder, "train-best.safetensors")).Keys.ShouldContain("layers.1.weight");
        Safetensors.Read(Path.Combine(_data.Folder, "train-last.safetensors")).Count.ShouldBe(4);
        var run = Walk(options with { WeightsFolder = Path.Combine(_data.Folder, "gone") });
        run.All<StageFinished>().Single(s => s.Name == "evaluate").Status.ShouldBe(StageStatus.Passed);
    }

    [Fact]
    public void A_goal_above_one_is_no_error_rate() =>
        Should.Throw<PessimistException>(() => Walk(new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Goal = 5 })).Message.ShouldContain("--goal 5");

    [Fact]
    public void Lenet_on_a_table_without_pixels_is_refused() =>
        Should.Throw<PessimistException>(() => Walk(new DiagnoseOptions { Data = _data.Blobs(), Targets = ["kind"], Model = ModelChoice.LeNet })).Help!.ShouldContain("mlp");

    sealed class StopAt(int stage, CancellationTokenSource cancel) : IWalkProgress
    {
        public void StageStarted(int number, int stages, string name)
        {
            if (number == stage) cancel.Cancel();
        }

        public void Stepped(WalkStep step)
        {
        }

        public void Said(string message)
        {
        }

        public void StageFinished(StageFinished stage)
        {
        }
    }
}
