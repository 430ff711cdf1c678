using System.Text;
using System.Text.Json;
using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Tests.Reporting;

namespace Pessimist.Tests.Checks.Settings;

public sealed class ProjectFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-project-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static CheckSettings Parse(string json) => ProjectFile.Parse(Encoding.UTF8.GetBytes(json), "pessimist.json");

    const string Whole = """
        {
          // what this project thinks
          "$schema": "pessimist.schema.json",
          "select": ["all"],
          "ignore": ["PES3", "missing-values"],
          "failOn": "warning",
          "limits": { "missing-values": { "share": 0.25 }, "PES114": { "examples": 7 } },
          "perFileIgnores": { "old/*": ["PES1"] },
        }
        """;

    [Fact]
    public void Every_key_is_read()
    {
        var settings = Parse(Whole);
        settings.Select.ShouldHaveSingleItem().Text.ShouldBe("all");
        settings.Ignore.Select(s => s.Text).ShouldBe(["PES3", "missing-values"]);
        settings.FailOn.ShouldBe(FailOn.Warning);
        settings.PerFile.ShouldHaveSingleItem().Glob.ShouldBe("old/*");
        settings.Limits["missing-values"]["share"].ShouldBe(0.25);
        settings.ChangedLimits().ShouldContain(new ChangedLimit("missing-values", "share", 0.25, 0.05));
        settings.ExclusionOf(Catalog.Find("missing-values")!)!.Why.ShouldBe("ignored by pessimist.json: ignore missing-values");
    }

    [Theory]
    [InlineData("{ \"selct\": [] }", "pessimist.json: there is no key 'selct'; did you mean 'select'?")]
    [InlineData("[]", "pessimist.json: a JSON object is expected, not a list")]
    [InlineData("{ \"select\": \"all\" }", "pessimist.json: select: a list such as [\"PES3\"] is expected, not \"all\"")]
    [InlineData("{ \"ignore\": [\"missing-value\"] }", "pessimist.json: ignore: no check is called 'missing-value'; did you mean 'missing-values'?")]
    [InlineData("{ \"ignore\": [3] }", "pessimist.json: ignore: a code or name of a check is expected, not 3")]
    [InlineData("{ \"failOn\": \"warnings\" }", "pessimist.json: failOn: \"warnings\" is not one of error, warning, note, never; did you mean 'warning'?")]
    [InlineData("{ \"failOn\": \"2\" }", "pessimist.json: failOn: \"2\" is not one of error")]
    [InlineData("{ \"limits\": { \"missing-valus\": {} } }", "pessimist.json: limits: there is no check 'missing-valus'; did you mean 'missing-values'?")]
    [InlineData("{ \"limits\": { \"missing-values\": { \"shar\": 1 } } }", "pessimist.json: limits.missing-values: there is no limit 'shar'; did you mean 'share'?")]
    [InlineData("{ \"limits\": { \"missing-values\": { \"share\": \"x\" } } }", "pessimist.json: limits.missing-values.share: \"x\" is not a finite number")]
    [InlineData("{ \"limits\": { \"missing-values\": { \"share\": -1 } } }", "pessimist.json: limits.missing-values.share: -1 is not a number of at least 0")]
    [InlineData("{ \"limits\": { \"missing-values\": { \"share\": 1e999 } } }", "pessimist.json: limits.missing-values.share: 1e999 is not a finite number")]
    [InlineData("{ \"limits\": { \"too-few-examples\": { \"examples\": 1.5 } } }", "pessimist.json: limits.too-few-examples.examples: 1.5 is not a whole number")]
    [InlineData("{ \"limits\": { \"too-few-examples\": {}, \"PES114\": {} } }", "is set twice")]
    [InlineData("{\n  \"select\": [\n  ]]\n}", "pessimist.json:3: this is not JSON")]
    [InlineData("", "pessimist.json:1: this is not JSON")]
    [InlineData("{ \"select\": [],\n \"select\": [] }", "this is not JSON")]
    public void A_mistake_is_told_with_file_and_key(string json, string message) =>
        Should.Throw<PessimistException>(() => Parse(json)).Message.ShouldContain(message);

    [Fact]
    public void The_file_is_found_up_to_the_root_of_the_repository_and_not_above()
    {
        var repository = Path.Combine(_folder, "repository");
        var inside = Directory.CreateDirectory(Path.Combine(repository, "a", "b")).FullName;
        File.WriteAllText(Path.Combine(_folder, ProjectFile.FileName), "{}");
        ProjectFile.Find(inside).ShouldBeNull("there is no repository, and nothing in the folder itself");

        Directory.CreateDirectory(Path.Combine(repository, ".git"));
        ProjectFile.Find(inside).ShouldBeNull("the file lies above the root");

        var own = Path.Combine(repository, ProjectFile.FileName);
        File.WriteAllText(own, "{ \"failOn\": \"never\" }");
        ProjectFile.Find(inside).ShouldBe(own);
        var settings = ProjectFile.Around(inside);
        settings.FailOn.ShouldBe(FailOn.Never);
        settings.File.ShouldBe(Path.Combine("..", "..", ProjectFile.FileName));
        settings.Folder.ShouldBe(repository);
    }

    [Fact]
    public void The_shipped_schema_is_the_one_of_the_catalogue() => Snapshot.MatchRepositoryFile(ProjectSchema.Render(), "docs/reference/pessimist.schema.json");

    [Fact]
    public void The_schema_takes_what_the_reader_takes_and_refuses_the_rest()
    {
        using var schema = JsonDocument.Parse(ProjectSchema.Render());
        IReadOnlyList<string> Violations(string json)
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return SchemaCheck.Violations(document.RootElement, schema.RootElement);
        }

        Violations(Whole.Replace("PES114", "too-few-examples", StringComparison.Ordinal)).ShouldBeEmpty();
        Violations("{ \"selct\": [] }").ShouldNotBeEmpty();
        Violations("{ \"ignore\": [\"missing-value\"] }").ShouldNotBeEmpty();
        Violations("{ \"limits\": { \"missing-values\": { \"shar\": 1 } } }").ShouldNotBeEmpty();
        Violations("{ \"limits\": { \"too-few-examples\": { \"examples\": 1.5 } } }").ShouldNotBeEmpty();
        Violations("{ \"limits\": { \"missing-values\": { \"share\": -1 } } }").ShouldNotBeEmpty();
    }
}
