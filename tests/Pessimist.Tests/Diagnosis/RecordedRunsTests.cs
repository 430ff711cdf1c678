using System.IO.Compression;
using System.Text.Json;
using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Runs;

namespace Pessimist.Tests.Diagnosis;

/// <summary>
/// Runs that were recorded from watched programs, in <c>corpus/recorded</c>, judged again: what was told of them, and what was not, stays so.
/// <c>expected.json</c> names for each the code that comes first (none for a healthy program) and the others that are true of it.
/// </summary>
public sealed class RecordedRunsTests
{
    static readonly string _folder = Path.Combine(Snapshot.RepositoryRoot(), "corpus", "recorded");

    /// <param name="First">Code of the first error or warning; null for a healthy program.</param>
    /// <param name="Also">What else may be told as an error or a warning.</param>
    sealed record Expected(string? First, string[]? Also);

    static Dictionary<string, Expected> All() =>
        JsonSerializer.Deserialize<Dictionary<string, Expected>>(File.ReadAllText(Path.Combine(_folder, "expected.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<string> Names() => [.. All().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_told_of_a_recorded_run_stays(string name)
    {
        var expected = All()[name];
        var told = Read(name).Findings.Where(f => f.Level >= Level.Warning).ToArray();
        var words = string.Join("\n", told.Select(f => $"{f.Code} {f.Level}: {f.Message}"));
        if (expected.First is { } first) told.FirstOrDefault()?.Code.ShouldBe(first, words);
        told.Select(f => f.Code).Except([expected.First ?? "", .. expected.Also ?? []]).ShouldBeEmpty(words);
        (expected.First is null || told.Length > 0).ShouldBeTrue("nothing was told");
    }

    [Fact]
    public void Runs_of_both_probes_healthy_and_sick_are_kept()
    {
        var all = All();
        foreach (var probe in new[] { "csharp/", "python/" })
        {
            all.Count(r => r.Key.StartsWith(probe, StringComparison.Ordinal) && r.Value.First is null).ShouldBeGreaterThan(1);
            all.Count(r => r.Key.StartsWith(probe, StringComparison.Ordinal) && r.Value.First is not null).ShouldBeGreaterThan(1);
        }

        var files = Directory.GetFiles(_folder, "*.jsonl.gz", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_folder, f).Replace(".jsonl.gz", "", StringComparison.Ordinal).Replace('\\', '/'));
        all.Keys.ShouldBe(files, ignoreOrder: true);
    }

    static DiagnosisResult Read(string name)
    {
        using var file = File.OpenRead(Path.Combine(_folder, name + ".jsonl.gz"));
        using var lines = new GZipStream(file, CompressionMode.Decompress);
        var recorded = RunReader.Read(lines);
        recorded.Skipped.ShouldBe(0);
        recorded.CutOff.ShouldBeFalse();
        var result = Diagnose.Everything(recorded.Run);
        result.Verdicts.Where(v => v.Verdict is Verdict.Crashed).ShouldBeEmpty();
        return result;
    }
}
