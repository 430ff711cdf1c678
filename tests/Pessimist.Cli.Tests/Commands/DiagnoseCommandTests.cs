using System.Text.Json;
using Pessimist.Data;
using Pessimist.Engine.Walk;
using Pessimist.Observations;

namespace Pessimist.Cli.Tests.Commands;

public sealed class DiagnoseCommandTests : IDisposable
{
    readonly ToolSession _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Every_option_reaches_the_walk()
    {
        var walker = new FakeWalker();
        _tool.Diagnose(walker, "--target", "label", "--task", "binary", "--metric", "auc", "--goal", "2%", "--human", "0.01", "--split", "60/20/20,group=id",
            "--model", "lenet", "--lr", "1e-9", "--epochs", "3", "--batch-size", "8", "--weight-decay", "100", "--init", "normal:1", "--loss-sign", "-1",
            "--no-normalize", "--no-tune", "--budget", "90s", "--seed", "7", "--device", "cuda:1").ShouldBe(0);

        var options = walker.Options.ShouldNotBeNull();
        options.Targets.ShouldBe(["label"]);
        options.Task.ShouldBe(TaskKind.Binary);
        options.Metric.ShouldBe("auc");
        options.Goal.ShouldBe(0.02);
        options.Human.ShouldBe(0.01);
        options.Split.ShouldBe(new SplitPlan { Method = SplitMethod.Group, Column = "id", Shares = new SplitShares(0.6, 0.2, 0.2) });
        options.Model.ShouldBe(ModelChoice.LeNet);
        options.LearningRate.ShouldBe(1e-9);
        options.Epochs.ShouldBe(3);
        options.BatchSize.ShouldBe(8);
        options.WeightDecay.ShouldBe(100);
        options.Init.ShouldBe(new InitChoice(InitKind.Normal, 1));
        options.LossSign.ShouldBe(-1);
        options.Normalize.ShouldBeFalse();
        options.Tune.ShouldBeFalse();
        options.Budget.ShouldBe(TimeSpan.FromSeconds(90));
        options.Seed.ShouldBe(7);
        options.Device.ShouldBe("cuda:1");
    }

    [Fact]
    public void Several_inputs_reach_the_walk_and_the_next_command()
    {
        var walker = new FakeWalker();
        string a = Path.Combine(_tool.Folder, "a.csv"), b = Path.Combine(_tool.Folder, "b.csv");
        File.WriteAllText(a, "x\n1\n");
        File.WriteAllText(b, "y\n1\n");
        _tool.Run(walker, "diagnose", "--input", $"one={a}", "--input", $"two={b}", "--id", "x", "--target", "y", "--runs", _tool.Runs).ShouldBe(0, _tool.Error);
        var options = walker.Options.ShouldNotBeNull();
        options.Inputs.ShouldBe([new("one", a), new("two", b)]);
        options.InputId.ShouldBe("x");
        options.DataWords.ShouldBe($"--input one={a} --input two={b} --id x");
    }

    [Fact]
    public void Weights_and_the_form_of_arrays_reach_the_walk()
    {
        var walker = new FakeWalker();
        var weights = Path.Combine(_tool.Folder, "resnet18.safetensors");
        File.WriteAllText(weights, "");
        _tool.Diagnose(walker, "--weights", weights, "--as", "picture").ShouldBe(0, _tool.Error);
        walker.Options.ShouldNotBeNull().Weights.ShouldBe(weights);
        walker.Options.As.ShouldBe(ArrayForm.Picture);
        _tool.Diagnose(walker, "--weights", weights, "--no-normalize").ShouldBe(2);
        _tool.Error.ShouldContain("needs pixels normalized as on ImageNet");
        _tool.Diagnose(walker, "--weights", "nowhere.safetensors").ShouldBe(2);
        _tool.Error.ShouldContain("there is no file 'nowhere.safetensors'");
    }

    [Theory]
    [InlineData("DATA is missing")]
    [InlineData("--id x matches several inputs, and there is one", "data.csv", "--id", "x")]
    [InlineData("DATA 'data.csv' and --input a=b.csv are both given", "data.csv", "--input", "a=b.csv")]
    [InlineData("--test t.csv is for one input, and there are 2", "--input", "a=b.csv", "--input", "c=d.csv", "--test", "t.csv")]
    [InlineData("--as table is for one input, and there are 2", "--input", "a=b.csv", "--input", "c=d.csv", "--as", "table")]
    [InlineData("--weights w is for one input of pictures", "--input", "a=b.csv", "--input", "c=d.csv", "--weights", "w")]
    [InlineData("there is no file 'b.csv'", "--input", "a=b.csv", "--input", "c=d.csv")]
    public void Mistakes_with_several_inputs_are_named(string message, params string[] words)
    {
        _tool.Run(["diagnose", .. words]).ShouldBe(2);
        _tool.Error.ShouldContain(message);
    }

    [Fact]
    public void What_is_not_given_is_left_to_the_walk()
    {
        var walker = new FakeWalker();
        _tool.Diagnose(walker);

        var options = walker.Options.ShouldNotBeNull();
        options.ShouldBe(new DiagnoseOptions { Data = _tool.Data, Targets = options.Targets, RunsFolder = _tool.Runs, WeightsFolder = options.WeightsFolder, Arguments = options.Arguments });
        options.WeightsFolder.ShouldNotBeNull().ShouldStartWith(_tool.Runs);
        options.Targets.ShouldBeEmpty();
    }

    [Fact]
    public void Several_targets_are_kept_in_order()
    {
        var walker = new FakeWalker();
        _tool.Diagnose(walker, "--target", "b,c", "--target", "a");
        walker.Options!.Targets.ShouldBe(["b,c", "a"]);
    }

    [Theory]
    [InlineData("--lr 0", "--lr: '0' is not a number above 0, such as 3e-4")]
    [InlineData("--lr nan", "--lr: 'nan' is not a number above 0")]
    [InlineData("--epochs 1.5", "--epochs: '1.5' is not a whole number of at least 1")]
    [InlineData("--weight-decay -1", "--weight-decay: '-1' is not a number of at least 0")]
    [InlineData("--loss-sign 0", "--loss-sign: '0' is not a number other than 0")]
    [InlineData("--seed -1", "--seed: '-1' is not a whole number of at least 0")]
    [InlineData("--budget 5", "--budget: '5' is not a time with its unit")]
    [InlineData("--model lenett", "did you mean 'lenet'?")]
    [InlineData("--metric acuracy", "did you mean 'accuracy'?")]
    [InlineData("--split 80/20", "leaves no test set")]
    [InlineData("--goal 1% --human 2%", "less error than --human")]
    [InlineData("--target x --split group=x", "is also the --target")]
    [InlineData("--lr", "required argument missing for option: '--lr'")]
    [InlineData("--lr 1 --lr 2", "option '--lr' expects a single argument but 2 were provided")]
    [InlineData("--targt label", "there is no option '--targt'; did you mean '--target'?")]
    [InlineData("extra", "unrecognized command or argument 'extra'")]
    public void A_mistake_on_the_command_line_is_two_lines_and_exit_code_2(string options, string message)
    {
        _tool.Diagnose(new FakeWalker(), options.Split(' ')).ShouldBe(2);

        _tool.Error.ShouldStartWith("error: ");
        _tool.Error.ShouldContain(message);
        _tool.Error.TrimEnd().Split('\n').Length.ShouldBeLessThanOrEqualTo(3);
        _tool.Out.ShouldBeEmpty();
        Directory.Exists(_tool.Runs).ShouldBeFalse();
    }

    [Fact]
    public void A_test_share_beside_a_test_file_is_refused()
    {
        _tool.Diagnose(new FakeWalker(), "--test", _tool.Data, "--split", "60/20/20").ShouldBe(2);
        _tool.Error.ShouldContain("--test names a test set");
    }

    [Fact]
    public void A_missing_file_is_named_with_the_nearest_one()
    {
        _tool.Run("diagnose", Path.Combine(_tool.Folder, "dat.csv"), "--runs", _tool.Runs).ShouldBe(2);
        _tool.Error.ShouldContain($"did you mean '{_tool.Data}'?");
        Directory.Exists(_tool.Runs).ShouldBeFalse();
    }

    [Fact]
    public void A_finished_walk_leaves_a_run_that_report_shows_again()
    {
        _tool.Diagnose(new FakeWalker((run, progress) =>
        {
            FakeWalker.Stage(run, progress);
            return RunEnding.Completed;
        })).ShouldBe(0);
        var first = _tool.Out;
        first.ShouldContain("4 examples");
        var folder = Directory.EnumerateDirectories(_tool.Runs).ShouldHaveSingleItem();
        File.Exists(Path.Combine(folder, "report.html")).ShouldBeTrue();
        File.Exists(Path.Combine(folder, "report.json")).ShouldBeTrue();

        _tool.Run("report", "latest", "--runs", _tool.Runs).ShouldBe(0);
        _tool.Out.ShouldBe(first);
    }

    [Fact]
    public void Json_goes_to_stdout_alone_and_progress_to_stderr()
    {
        _tool.Diagnose(new FakeWalker((run, progress) =>
        {
            FakeWalker.Stage(run, progress);
            progress.Said("reads 64 columns as one picture");
            return RunEnding.Completed;
        }), "--format", "json", "--seed", "3").ShouldBe(0);

        using var json = JsonDocument.Parse(_tool.Out);
        json.RootElement.GetProperty("schema").GetInt32().ShouldBe(1);
        json.RootElement.GetProperty("run").GetProperty("arguments").EnumerateArray().Select(a => a.GetString()).ShouldContain("--seed");
        _tool.Error.ShouldContain("1/1 data: passed in 0.1 s, 4 examples");
        _tool.Error.ShouldContain("reads 64 columns as one picture");
    }

    [Fact]
    public void Quiet_says_nothing_but_the_result()
    {
        _tool.Diagnose(new FakeWalker((run, progress) =>
        {
            FakeWalker.Stage(run, progress);
            return RunEnding.Completed;
        }), "-q", "--format", "concise").ShouldBe(0);
        _tool.Error.ShouldBeEmpty();
        _tool.Out.ShouldNotBeEmpty();
    }

    [Fact]
    public void An_interrupted_walk_is_reported_and_exits_130()
    {
        _tool.Diagnose(new FakeWalker((run, progress) =>
        {
            FakeWalker.Stage(run, progress);
            return RunEnding.Interrupted;
        })).ShouldBe(130);
        _tool.Out.ShouldContain("4 examples");
        _tool.Out.ShouldContain("interrupted");
    }

    [Fact]
    public void Data_that_cannot_be_used_is_a_message_without_a_stack_trace()
    {
        _tool.Diagnose(new FakeWalker((_, _) => throw new PessimistException("data.csv has one class, 'a'", "give at least two"))).ShouldBe(2);
        _tool.Error.ShouldBe("error: data.csv has one class, 'a'\nhelp: give at least two\n");
    }

    [Fact]
    public void A_mistake_of_the_tool_shows_what_was_found_and_points_to_a_log()
    {
        _tool.Diagnose(new FakeWalker((run, progress) =>
        {
            FakeWalker.Stage(run, progress);
            throw new InvalidOperationException("boom");
        })).ShouldBe(2);
        _tool.Out.ShouldContain("4 examples");
        _tool.Error.ShouldContain("internal error: InvalidOperationException: boom");
        _tool.Error.ShouldContain("please report it with ");
        _tool.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public void Only_verbose_shows_the_stack_of_an_internal_error()
    {
        _tool.Diagnose(new FakeWalker((_, _) => throw new InvalidOperationException("boom")), "-v").ShouldBe(2);
        _tool.Error.ShouldContain("   at ");
    }

    [Fact]
    public void An_output_file_is_written_whole_and_keeps_stdout_free()
    {
        var file = Path.Combine(_tool.Folder, "out.md");
        _tool.Diagnose(new FakeWalker(), "--format", "markdown", "--output", file).ShouldBe(0);
        _tool.Out.ShouldBeEmpty();
        File.ReadAllText(file).ShouldNotBeEmpty();
        File.Exists(file + ".partial").ShouldBeFalse();
    }

    [Fact]
    public void An_output_file_behind_a_link_is_written_and_the_link_stays()
    {
        string file = Path.Combine(_tool.Folder, "real.md"), link = Path.Combine(_tool.Folder, "link.md");
        File.CreateSymbolicLink(link, file);
        File.WriteAllText(file, "");
        _tool.Diagnose(new FakeWalker(), "--format", "markdown", "--output", link).ShouldBe(0);
        File.ReadAllText(file).ShouldNotBeEmpty();
        new FileInfo(link).LinkTarget.ShouldBe(file);
    }

    [Fact]
    public void An_output_device_is_written_to_and_not_replaced()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "there is no /dev/null");
        _tool.Diagnose(new FakeWalker(), "--output", "/dev/null").ShouldBe(0);
        File.Exists("/dev/null.partial").ShouldBeFalse();
        new FileInfo("/dev/null").Length.ShouldBe(0);
    }

    [Fact]
    public void An_output_file_that_cannot_be_written_is_named()
    {
        var file = Path.Combine(_tool.Folder, "no", "out.md");
        _tool.Diagnose(new FakeWalker(), "--output", file).ShouldBe(2);
        _tool.Error.ShouldContain($"error: --output {file} cannot be written");
    }

    [Fact]
    public void Runs_that_cannot_be_kept_are_a_warning_not_an_end()
    {
        var blocked = Path.Combine(_tool.Folder, "file");
        File.WriteAllText(blocked, "");
        _tool.Run(new FakeWalker(), "diagnose", _tool.Data, "--runs", Path.Combine(blocked, "runs")).ShouldBe(0);
        _tool.Error.ShouldContain("warning: cannot create the run folder");
        _tool.Out.ShouldNotBeEmpty();
    }
}
