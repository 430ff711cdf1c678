using System.Text.Json;
using Pessimist.Checks;

namespace Pessimist.Cli.Tests.Commands;

public sealed class OtherCommandsTests : IDisposable
{
    readonly ToolSession _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Checks_lists_the_catalogue_as_text_and_as_json()
    {
        _tool.Run("checks").ShouldBe(0);
        foreach (var info in Catalog.Infos) _tool.Out.ShouldContain(info.Name);

        _tool.Run("checks", "--format", "json").ShouldBe(0);
        using var json = JsonDocument.Parse(_tool.Out);
        var checks = json.RootElement.GetProperty("checks").EnumerateArray().ToArray();
        checks.Select(c => c.GetProperty("code").GetString()).ShouldBe(Catalog.Infos.Select(i => i.Code));
        checks[0].EnumerateObject().Select(p => p.Name).Take(4).ShouldBe(["code", "name", "level", "summary"]);
    }

    [Fact]
    public void Explain_takes_a_code_or_a_name_in_any_case()
    {
        var info = Catalog.Infos[0];
        _tool.Run("explain", info.Code.ToLowerInvariant()).ShouldBe(0);
        _tool.Out.ShouldContain(info.Summary);
        var byCode = _tool.Out;
        _tool.Run("explain", info.Name);
        _tool.Out.ShouldBe(byCode);
    }

    [Fact]
    public void Explain_suggests_the_nearest_check()
    {
        var name = Catalog.Infos[0].Name;
        _tool.Run("explain", name[1..]).ShouldBe(2);
        _tool.Error.ShouldContain($"did you mean '{name}'?");
    }

    [Fact]
    public void Report_without_runs_says_how_to_get_one()
    {
        _tool.Run("report", "--runs", _tool.Runs).ShouldBe(2);
        _tool.Error.ShouldContain("no runs are recorded under");
        _tool.Error.ShouldContain("help: run `pessimist diagnose");
    }

    [Theory]
    [InlineData("diagnos", "did you mean 'diagnose'?")]
    [InlineData("repotr latest", "did you mean 'report'?")]
    [InlineData("--versin", "did you mean '--version'?")]
    public void Unknown_commands_and_options_are_refused_with_a_suggestion(string line, string suggestion)
    {
        _tool.Run(line.Split(' ')).ShouldBe(2);
        _tool.Error.ShouldContain(suggestion);
        _tool.Out.ShouldBeEmpty();
    }

    [Fact]
    public void A_file_in_place_of_a_command_is_taken_for_what_it_means()
    {
        _tool.Run(_tool.Data).ShouldBe(2);
        _tool.Error.ShouldContain($"help: pessimist diagnose {_tool.Data}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    [InlineData("help")]
    public void Help_names_every_command(string line)
    {
        _tool.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(0);
        foreach (var command in (string[])["diagnose", "report", "explain", "checks", "version"]) _tool.Out.ShouldContain($"\n  {command} ");
        _tool.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("diagnose", "--help")]
    [InlineData("help", "diagnose")]
    [InlineData("diagnose", "-h")]
    public void Help_of_diagnose_groups_its_options_and_gives_examples(params string[] line)
    {
        _tool.Run(line).ShouldBe(0);
        foreach (var title in (string[])["Data:", "Goal:", "Network and training:", "Effort:", "Output:", "Examples:"]) _tool.Out.ShouldContain($"\n{title}\n");
        _tool.Out.Split('\n').Max(l => l.Length).ShouldBeLessThanOrEqualTo(100);
    }

    [Fact]
    public void Short_flags_may_be_written_together()
    {
        _tool.Run("checks", "-qv").ShouldBe(0);
        _tool.Error.ShouldBeEmpty();
    }

    [Fact]
    public void Version_is_one_line()
    {
        _tool.Run("--version").ShouldBe(0);
        _tool.Out.ShouldMatch(@"^pessimist \d+\.\d+\.\d+\r?\n$");
    }
}
