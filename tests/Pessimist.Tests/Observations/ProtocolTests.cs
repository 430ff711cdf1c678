using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Tests.Observations;

/// <summary>The wire format as others see it: its page, and the lines in <c>tests/protocol</c> that every probe's tests read too.</summary>
public sealed class ProtocolTests
{
    const string Page = "docs/reference/protocol.md";
    const string Generated = "<!-- From here on generated from the records; PESSIMIST_UPDATE=1 writes it anew. -->\n";

    static readonly string _protocol = Path.Combine(Snapshot.RepositoryRoot(), "tests", "protocol");

    [Fact]
    public void The_page_is_the_one_of_the_records()
    {
        var page = File.ReadAllText(Path.Combine(Snapshot.RepositoryRoot(), Page));
        page.ShouldContain(Generated);
        Snapshot.MatchRepositoryFile(page[..(page.IndexOf(Generated, StringComparison.Ordinal) + Generated.Length)] + "\n" + ProtocolPage.Generate(), Page);
    }

    [Fact]
    public void There_is_a_full_line_of_every_kind() =>
        Snapshot.MatchRepositoryFile(string.Concat(Examples.All().Select(o => ObservationLine.Write(o) + "\n")), "tests/protocol/full.jsonl");

    [Fact]
    public void There_is_a_line_of_every_kind_with_the_required_fields_only() =>
        Snapshot.MatchRepositoryFile(string.Concat(Examples.All().Select(o => Required(o) + "\n")), "tests/protocol/required.jsonl");

    [Theory]
    [InlineData("full.jsonl")]
    [InlineData("required.jsonl")]
    [InlineData("lenient.jsonl")]
    public void Lines_that_must_be_read_are_read(string file) =>
        File.ReadLines(Path.Combine(_protocol, file)).Where(line => ObservationLine.Read(line) is null).ShouldBeEmpty();

    [Fact]
    public void Lines_that_must_be_skipped_are_skipped()
    {
        var recorded = RunReader.Read(new MemoryStream(File.ReadAllBytes(Path.Combine(_protocol, "skipped.jsonl"))));
        recorded.Run.Observations.ShouldBeEmpty();
        recorded.Skipped.ShouldBe(File.ReadLines(Path.Combine(_protocol, "skipped.jsonl")).Count());
    }

    static string Required(Observation observation)
    {
        var line = JsonNode.Parse(ObservationLine.Write(observation))!.AsObject();
        foreach (var property in ObservationLine.Options.GetTypeInfo(observation.GetType()).Properties.Where(p => !p.IsRequired)) line.Remove(property.Name);
        return Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(line));
    }
}
