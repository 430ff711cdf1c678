using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;

namespace Pessimist.Tests.Reporting;

public sealed partial class HtmlReportTests
{
    const string Hostile = "</script><img src=x onerror=alert(1)><!--{{json}}--><script>";

    [Fact]
    public void The_report_inside_is_the_report()
    {
        var report = SampleRun.SickReport(Hostile);
        using var inside = JsonDocument.Parse(Island(HtmlReport.Render(report)));
        using var outside = JsonDocument.Parse(ReportJson.Render(report));
        JsonElement.DeepEquals(inside.RootElement, outside.RootElement).ShouldBeTrue();
    }

    [Fact]
    public void Names_from_the_data_add_no_element()
    {
        var harmless = HtmlReport.Render(SampleRun.SickReport("label"));
        var hostile = HtmlReport.Render(SampleRun.SickReport(Hostile));
        Tag().Matches(hostile).Select(m => m.Value).ShouldBe(Tag().Matches(harmless).Select(m => m.Value));
        hostile.ShouldNotContain("onerror=alert(1)>");
        WebUtility.HtmlDecode(hostile).ShouldContain(Hostile, customMessage: "the name is shown, as text");
    }

    [Fact]
    public void The_title_cannot_leave_its_element()
    {
        var failed = Run.Of([new RunEnded { Ending = RunEnding.Failed, Message = "</title>" + Hostile }]);
        var html = HtmlReport.Render(Report.From(failed, new Pessimist.Diagnosis.DiagnosisResult([], [], []), "/"));
        html[..html.IndexOf("<style>", StringComparison.Ordinal)].ShouldNotContain("<img");
    }

    [Fact]
    public void Nothing_is_loaded_from_outside()
    {
        var html = HtmlReport.Render(SampleRun.HealthyReport());
        Load().Matches(html).Select(m => m.Value).ShouldBeEmpty();
        html.ShouldNotContain("<link");
        html[html.LastIndexOf("<script>", StringComparison.Ordinal)..].ShouldNotContain("innerHTML");
    }

    [Fact]
    public void The_policy_forbids_all_but_the_scripts_of_the_page()
    {
        var html = HtmlReport.Render(SampleRun.HealthyReport());
        var policy = Policy().Match(html).Groups[1].Value;
        policy.ShouldContain("default-src 'none'");
        var allowed = Hash().Matches(policy).Select(m => m.Groups[1].Value).ToArray();
        var scripts = Script().Matches(html).Select(m => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(m.Groups[1].Value)))).ToArray();
        scripts.Length.ShouldBe(3);
        scripts.ShouldBe(allowed);
        policy[policy.IndexOf("script-src", StringComparison.Ordinal)..].ShouldNotContain("unsafe");
    }

    [Fact]
    public void A_large_run_stays_below_a_megabyte()
    {
        var random = new Random(3);
        var run = Run.Of(
        [
            .. SampleRun.Healthy().Observations,
            .. Enumerable.Range(0, 3).Select(seed => new SingleBatchTried { Seed = seed, Verdict = SingleBatchVerdict.Oscillates, Losses = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextDouble())] }),
            .. Enumerable.Range(0, 10).Select(i => new ExperimentFinished
            {
                Id = $"experiment-{i}", For = "single-batch", Question = "?", Reading = "", Outcome = ExperimentOutcome.Inconclusive,
                Curves = [new Series("before", [.. Enumerable.Range(0, 5_000).Select(_ => random.NextDouble())]), new Series("after", [.. Enumerable.Range(0, 5_000).Select(_ => random.NextDouble())])],
            }),
            .. Enumerable.Range(0, 500).Select(i => new HardExample
            {
                Id = $"{i}.png", Split = "test", Given = "cat", Predicted = "dog", Loss = i, Picture = new Picture(224, 224, 3, new byte[224 * 224 * 3]),
            }),
            .. Enumerable.Range(1, 300).Select(i => new EpochFinished { Phase = "train", Epoch = i, TrainLoss = random.NextDouble(), ValidationLoss = random.NextDouble() }),
        ]);
        HtmlReport.Render(Report.From(run, SampleRun.HealthyDiagnosis(), "/")).Length.ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void Pictures_shrink_by_averaging_and_false_sizes_are_refused()
    {
        new Picture(4, 2, 1, [0, 100, 10, 10, 100, 200, 10, 10]).Shrunk(2)!.Pixels.ShouldBe([100, 10]);
        new Picture(1_000_000, 1_000_000, 3, [1]).Shrunk(48).ShouldBeNull();
        new Picture(2, 2, 1, [1, 2, 3, 4]).Shrunk(48)!.Width.ShouldBe(2);
    }

    [Fact]
    public void Without_scripts_the_text_report_is_there() =>
        WebUtility.HtmlDecode(HtmlReport.Render(SampleRun.SickReport())).ShouldContain("error[PES501]: the learning rate of 10 makes the loss explode");

    static string Island(string html) => IslandPattern().Match(html).Groups[1].Value;

    [GeneratedRegex("""<script type="application/json" id="report">(.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex IslandPattern();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("""<meta http-equiv="Content-Security-Policy" content="([^"]*)">""")]
    private static partial Regex Policy();

    [GeneratedRegex("'sha256-([^']+)'")]
    private static partial Regex Hash();

    [GeneratedRegex("""</?(?:script|img|style|iframe|meta|link|header|main|footer|nav|pre|title|body|html|head)\b[^>]*>""", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    [GeneratedRegex("""(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\bimport\(""", RegexOptions.IgnoreCase)]
    private static partial Regex Load();
}
