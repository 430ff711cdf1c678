using System.Text.Json;
using Pessimist.Checks;
using Pessimist.Observations;

namespace Pessimist.Cli.Tests.Commands;

public sealed class CheckOptionsTests : IDisposable
{
    readonly ToolSession _tool = new();

    public void Dispose() => _tool.Dispose();

    static FakeWalker Sick() => new((run, _) =>
    {
        run.Add(new SingleBatchTried { Seed = 0, Verdict = SingleBatchVerdict.Plateaus, Losses = [1, 1], BatchSize = 4, FirstHash = "a", LastHash = "a", Because = "the loss stays at 1" });
        return RunEnding.Completed;
    });

    string Config(string json)
    {
        var file = Path.Combine(_tool.Folder, "settings.json");
        File.WriteAllText(file, json);
        return file;
    }

    [Fact]
    public void Checks_lists_what_is_selected_and_says_what_is_ignored()
    {
        _tool.Run("checks", "--select", "PES3,PES904", "--ignore", "loss-not-finite").ShouldBe(0);
        _tool.Out.ShouldContain("(ignored by --ignore loss-not-finite)");
        _tool.Out.ShouldContain("PES904");
        _tool.Out.ShouldNotContain("PES114");

        _tool.Run("checks", "--select", "PES3", "--format", "json").ShouldBe(0);
        using var json = JsonDocument.Parse(_tool.Out);
        json.RootElement.GetProperty("checks").EnumerateArray().ShouldAllBe(c => c.GetProperty("code").GetString()!.StartsWith("PES3"));
    }

    [Fact]
    public void An_unknown_check_is_refused_with_a_suggestion()
    {
        _tool.Run("checks", "--select", "los-not-finite").ShouldBe(2);
        _tool.Error.ShouldContain("--select: no check is called 'los-not-finite'; did you mean 'loss-not-finite'?");
        _tool.Diagnose(Sick(), "--ignore", "PES0").ShouldBe(2);
        Directory.Exists(_tool.Runs).ShouldBeFalse("no run is begun that would be refused");
    }

    [Fact]
    public void Checks_prints_the_schema_of_the_projects_file()
    {
        _tool.Run("checks", "--schema").ShouldBe(0);
        using var json = JsonDocument.Parse(_tool.Out);
        json.RootElement.GetProperty("properties").GetProperty("limits").GetProperty("properties").GetProperty("missing-values").GetProperty("properties").GetProperty("share").GetProperty("default").GetDouble().ShouldBe(0.05);
    }

    [Fact]
    public void What_is_ignored_does_not_fail_and_is_told()
    {
        _tool.Diagnose(Sick()).ShouldBe(1);
        var code = Catalog.Find("single-batch-plateaus")!.Code;
        _tool.Diagnose(Sick(), "--ignore", code).ShouldBe(0);
        _tool.Out.ShouldContain($"is ignored by --ignore {code}");
        _tool.Run("report", "--runs", _tool.Runs).ShouldBe(1);
        _tool.Run("report", "--runs", _tool.Runs, "--config", Config($$"""{ "ignore": ["{{code}}"] }""")).ShouldBe(0);
        _tool.Run("report", "--runs", _tool.Runs, "--config", Config("""{ "failOn": "never" }""")).ShouldBe(0);
        _tool.Run("report", "--runs", _tool.Runs, "--config", Config("""{ "failOn": "never" }"""), "--fail-on", "error").ShouldBe(1, "the command line has the last word");
    }

    [Fact]
    public void A_limit_of_the_project_reaches_the_walk_the_report_and_explain()
    {
        var file = Config("""{ "limits": { "missing-values": { "share": 0.25 } } }""");
        var walker = new FakeWalker();
        _tool.Diagnose(walker, "--config", file).ShouldBe(0);
        walker.Options!.Checks.Limits["missing-values"]["share"].ShouldBe(0.25);
        _tool.Out.ReplaceLineEndings(" ").ShouldContain("sets the limit share of missing-values to 0.25; the default is 0.05");

        _tool.Run("explain", "missing-values", "--config", file).ShouldBe(0);
        _tool.Out.ShouldContain("| share | 0.05 | 0.25 | Share of a column");
        _tool.Run("explain", "missing-values", "--config", "none").ShouldBe(0);
        _tool.Out.ShouldContain("| share | 0.05 | Share of a column");
    }

    [Fact]
    public void Sarif_is_a_format_of_diagnose_and_report()
    {
        _tool.Diagnose(Sick(), "--format", "sarif", "-q").ShouldBe(1);
        using var diagnosed = JsonDocument.Parse(_tool.Out);
        var result = diagnosed.RootElement.GetProperty("runs")[0].GetProperty("results")[0];
        result.GetProperty("ruleId").GetString().ShouldBe(Catalog.Find("single-batch-plateaus")!.Code);
        result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32().ShouldBe(1);

        var file = Path.Combine(_tool.Folder, "out.sarif");
        _tool.Run("report", "--runs", _tool.Runs, "--format", "sarif", "--output", file).ShouldBe(1);
        using var reported = JsonDocument.Parse(File.ReadAllText(file));
        reported.RootElement.GetProperty("version").GetString().ShouldBe("2.1.0");
    }

    [Theory]
    [InlineData("{ \"selct\": [] }", "settings.json: there is no key 'selct'; did you mean 'select'?")]
    [InlineData("{\n\"select\": ]", "settings.json:2: this is not JSON")]
    public void A_mistake_in_the_projects_file_is_the_users(string json, string message)
    {
        _tool.Run("checks", "--config", Config(json)).ShouldBe(2);
        _tool.Error.ShouldContain(message);
        _tool.Error.ShouldNotContain("internal error");
    }

    [Fact]
    public void A_project_file_that_does_not_exist_is_named()
    {
        Config("{}");
        _tool.Run("checks", "--config", Path.Combine(_tool.Folder, "setings.json")).ShouldBe(2);
        _tool.Error.ShouldContain("did you mean 'settings.json'?");
    }
}
