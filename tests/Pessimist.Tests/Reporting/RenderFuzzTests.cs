using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Reporting;
using Pessimist.Reporting.Sarif;

namespace Pessimist.Tests.Reporting;

/// <summary>Whatever stands in a run: no renderer throws, and nothing of it becomes markup or steers a terminal.</summary>
public sealed partial class RenderFuzzTests
{
    const int Rounds = 40;

    static readonly JsonDocument _sarif = JsonDocument.Parse(File.ReadAllText(Path.Combine(Snapshot.RepositoryRoot(), "tests/Pessimist.Tests/Reporting/Sarif/sarif-2.1.0.json")));
    static readonly string[] _tags = Tags(HtmlReport.Render(SampleRun.HealthyReport()));

    [Fact]
    public void Recorded_runs_of_an_enemy()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var hostile = new Hostile(seed);
            var run = hostile.Run((seed % 3) switch { 0 => SampleRun.Healthy(), 1 => SampleRun.Sick(hostile.Text()), _ => SampleProgram.Run() });
            AllFormats(Report.From(run, Diagnose.Everything(run), SampleRun.WorkingDirectory), $"seed {seed}");
        }
    }

    [Fact]
    public void Findings_of_an_enemy()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var hostile = new Hostile(seed);
            var findings = SampleProgram.Diagnosis().Findings.Select(f => Spoil(f, hostile)).ToArray();
            var diagnosis = SampleProgram.Diagnosis() with { Findings = findings, Verdicts = [.. SampleProgram.Diagnosis().Verdicts.Select(v => (v.Info, v.Verdict is Verdict.Crashed ? new Verdict.Crashed(hostile.Text()) : v.Verdict))] };
            AllFormats(Report.From(SampleProgram.Run(), diagnosis, SampleProgram.WorkingDirectory), $"seed {seed}");
        }
    }

    [Fact]
    public void Lists_without_end()
    {
        var one = SampleProgram.Diagnosis().Findings[1];
        var names = Enumerable.Range(0, 100_000).Select(i => $"row {i}").ToArray();
        var huge = one with
        {
            Examples = names,
            Evidence = [.. names.Select(n => new Evidence(n, n, n, n))],
            Notes = names,
            Fixes = names,
            Related = [.. names.Select(n => new RelatedLocation(n, 1, n))],
            Causes = [.. names.Select(n => new Cause(n, 0.5))],
        };
        var report = Report.From(SampleProgram.Run(), new DiagnosisResult([.. Enumerable.Repeat(huge, 3), .. Enumerable.Repeat(one, 2000)], [], []), SampleProgram.WorkingDirectory);
        MarkdownReport.Render(report).Length.ShouldBeLessThan(65_536, "a comment holds no more");
        TextReport.Render(report, new TextOptions(Styles.None)).Length.ShouldBeLessThan(300_000);
        AllFormats(report, "huge");
    }

    static Finding Spoil(Finding finding, Hostile hostile) => finding with
    {
        Message = hostile.Text(),
        Confirmation = hostile.Text(),
        Location = new Location(hostile.Text(), 3, hostile.Text(), hostile.Text(), hostile.Text(), -1)
        {
            SourceColumn = 2, EndColumn = int.MaxValue, Label = hostile.Text(), Excerpt = new Excerpt(1, [hostile.Text(), hostile.Text(), hostile.Text()]),
        },
        Related = [new RelatedLocation(hostile.Text(), int.MinValue, hostile.Text())],
        Evidence = [new Evidence(hostile.Text(), hostile.Text(), hostile.Text(), hostile.Text())],
        Causes = [new Cause(hostile.Text(), double.NaN, hostile.Text())],
        Notes = [hostile.Text()],
        Fixes = [hostile.Text()],
        Explains = [hostile.Text(), "PES904"],
        Examples = [hostile.Text(), hostile.Text()],
    };

    static void AllFormats(Report report, string what)
    {
        foreach (var width in (int[])[40, 100])
            Harmless(TextReport.Render(report, new TextOptions(Styles.None, width, Verbose: true)), what);
        var coloured = TextReport.Render(report, new TextOptions(Styles.Ansi, Verbose: true));
        Harmless(Colour().Replace(coloured, ""), what);
        Harmless(ConciseReport.Render(report), what);
        var markdown = MarkdownReport.Render(report);
        Harmless(markdown, what);
        OutsideCode(markdown).ShouldNotContain('<', what);
        OutsideCode(markdown).ShouldNotMatch(@"@\w|://|(?<!\\)\]\(", what);
        var html = HtmlReport.Render(report);
        Tags(html).ShouldBe(_tags, what);
        using var json = JsonDocument.Parse(ReportJson.Render(report));
        using var sarif = JsonDocument.Parse(SarifReport.Render(report));
        SchemaCheck.Violations(sarif.RootElement, _sarif.RootElement).ShouldBeEmpty(what);
    }

    static void Harmless(string text, string what)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var isWhole = Rune.TryGetRuneAt(text, i, out var rune);
            if (!isWhole || rune.Value != '\n' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
                throw new ShouldAssertException($"{what}: U+{(int)text[i]:X4} gets through");
            if (rune.Utf16SequenceLength == 2) i++;
        }
    }

    /// <summary>What a Markdown reader takes for text: without blocks of code, code in a line, and the few tags of the report itself.</summary>
    static string OutsideCode(string markdown)
    {
        var text = new StringBuilder();
        string? fence = null;
        foreach (var line in markdown.Split('\n'))
        {
            if (fence is not null)
            {
                if (line == fence) fence = null;
            }
            else if (Fence().Match(line) is { Success: true } open) fence = open.Groups[1].Value;
            else text.Append(OwnTags().Replace(CodeSpan().Replace(line, ""), " ")).Append('\n');
        }

        fence.ShouldBeNull("a block of code ends");
        return text.ToString();
    }

    static string[] Tags(string html) => [.. Tag().Matches(html).Select(m => m.Value)];

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colour();

    [GeneratedRegex("^(`{3,})text$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?<!\\)`[^`]*(?<!\\)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("<!-- -->|</?(details|summary)>")]
    private static partial Regex OwnTags();

    [GeneratedRegex("""</?(?:script|img|style|iframe|meta|link|header|main|footer|nav|pre|title|body|html|head)\b[^>]*>""", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();
}
