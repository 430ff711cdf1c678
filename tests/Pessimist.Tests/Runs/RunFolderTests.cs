using System.Text;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Tests.Reporting;

namespace Pessimist.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("pessimist-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    RunFolder Record(Run from, string name = "samples/digits.csv", Action<string>? onFault = null)
    {
        var folder = RunFolder.Create(_directory, name, onFault, new FixedClock());
        var run = new Run(folder.Append);
        foreach (var observation in from.Observations) run.Add(observation);
        return folder;
    }

    [Fact]
    public void A_recorded_run_reads_back_whole()
    {
        using var folder = Record(SampleRun.Healthy());
        folder.Id.ShouldMatch("^20261120-154512-digits-[0-9a-f]{4}$");
        var recorded = RunReader.Read(new RunArchive(_directory).Find(folder.Id));
        recorded.Run.Observations.Select(ObservationLine.Write).ShouldBe(SampleRun.Healthy().Observations.Select(ObservationLine.Write));
        recorded.ShouldSatisfyAllConditions(r => r.Skipped.ShouldBe(0), r => r.CutOff.ShouldBeFalse(), r => r.Truncated.ShouldBeFalse());
    }

    [Fact]
    public void A_kill_at_any_byte_leaves_the_records_before_it()
    {
        var records = SampleRun.Sick().Observations.Take(4).ToArray();
        var bytes = records.SelectMany(o => Encoding.UTF8.GetBytes(ObservationLine.Write(o) + "\n")).ToArray();
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var whole = bytes.AsSpan(0, cut).Count((byte)'\n');
            var recorded = RunReader.Read(new MemoryStream(bytes, 0, cut));
            // A line that lacks only its line feed is whole.
            recorded.Run.Observations.Count.ShouldBeInRange(whole, whole + 1);
            recorded.Skipped.ShouldBe(0);
            if (recorded.Run.Observations.Count == whole) recorded.CutOff.ShouldBe(cut > 0 && bytes[cut - 1] != '\n');
        }
    }

    [Fact]
    public void Hostile_lines_are_skipped_and_counted()
    {
        var good = ObservationLine.Write(new RunEnded { Ending = RunEnding.Completed });
        string[] bad =
        [
            """{"kind":"from-the-future","x":1}""", "{", "null", "42", "[]", """{"kind":"run-started"}""", """{"kind":"run-ended","ending":"sideways"}""",
            """{"kind":"run-ended","ending":1}""", """{"kind":"stage-finished","number":1,"name":null,"status":"passed","summary":"x"}""",
            """{"kind":"stage-finished","number":1,"name":"x","status":"passed","summary":"x","evidence":[null]}""",
            """{"kind":"single-batch-tried","seed":1,"verdict":"passes","losses":["many"]}""", new string('[', 5000), "\0\0\0", new string('x', 5000),
        ];
        var text = string.Join('\n', bad.Append(good)) + "\n\n" + good + "\r\n";
        var recorded = RunReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), maxLineBytes: 4000);
        recorded.Run.Observations.Count.ShouldBe(2);
        recorded.Skipped.ShouldBe(bad.Length);
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        var bytes = SampleRun.Sick().Observations.SelectMany(o => Encoding.UTF8.GetBytes(ObservationLine.Write(o) + "\n")).ToArray();
        var random = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            var damaged = bytes.ToArray();
            for (var j = 0; j < 40; j++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var run = RunReader.Read(new MemoryStream(damaged)).Run;
            var report = Pessimist.Reporting.Report.From(run, new Pessimist.Diagnosis.DiagnosisResult([], [], []), "/");
            Pessimist.Reporting.TextReport.Render(report, new(Pessimist.Reporting.Styles.None)).ShouldNotBeEmpty();
            Pessimist.Reporting.ReportJson.Render(report).ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_made_does_not_stop_the_run()
    {
        File.WriteAllText(Path.Combine(_directory, ".pessimist"), "a file where the folder should be");
        List<string> faults = [];
        using var folder = Record(SampleRun.Healthy(), onFault: faults.Add);
        folder.Fault.ShouldNotBeNull().ShouldContain("the run goes on without being recorded");
        faults.Count.ShouldBe(1);
        folder.Write(RunFolder.JsonFile, "{}").ShouldBeFalse();
        faults.Count.ShouldBe(1);
    }

    [Fact]
    public void A_full_disk_ends_the_recording_with_one_message()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("needs /dev/full");
        using var folder = RunFolder.Create(_directory, "digits");
        File.Delete(folder.ObservationsPath);
        var full = Path.Combine(folder.Path, RunFolder.HtmlFile + ".partial");
        File.CreateSymbolicLink(full, "/dev/full");
        folder.Write(RunFolder.HtmlFile, new string('x', 100_000)).ShouldBeFalse();
        folder.Fault.ShouldNotBeNull();
        File.Exists(folder.HtmlPath).ShouldBeFalse();
    }

    [Fact]
    public void Runs_are_found_by_id_prefix_and_latest()
    {
        Make("20261119-090000-iris-0001");
        Make("20261120-100000-digits-aaaa");
        Make("20261120-110000-digits-bbbb");
        var archive = new RunArchive(_directory);
        archive.List().Count.ShouldBe(3);
        archive.Find("latest").Id.ShouldBe("20261120-110000-digits-bbbb");
        archive.Find("20261119").Id.ShouldBe("20261119-090000-iris-0001");
        Should.Throw<PessimistException>(() => archive.Find("20261120")).Message.ShouldContain("2 runs begin with");
        Should.Throw<PessimistException>(() => archive.Find("20261119-090000-irsi-0001")).Message.ShouldContain("did you mean '20261119-090000-iris-0001'");
        Should.Throw<PessimistException>(() => archive.Find("lates")).Message.ShouldContain("did you mean 'latest'");
        Should.Throw<PessimistException>(() => archive.Find("../../etc"));
    }

    [Fact]
    public void A_run_is_found_by_its_path_where_no_runs_are_kept()
    {
        var elsewhere = Path.Combine(_directory, "copied", "run-7");
        Directory.CreateDirectory(elsewhere);
        File.WriteAllText(Path.Combine(elsewhere, RunFolder.ObservationsFile), "");
        var archive = new RunArchive(Path.Combine(_directory, "empty"));
        foreach (var path in new[] { elsewhere, elsewhere + "/", Path.Combine(elsewhere, RunFolder.ObservationsFile) })
        {
            var entry = archive.Find(path);
            entry.Id.ShouldBe("run-7");
            entry.Path.ShouldBe(elsewhere);
        }
    }

    [Fact]
    public void A_path_without_a_run_says_what_is_there()
    {
        Make("20261119-090000-iris-0001");
        var archive = new RunArchive(_directory);
        var empty = Directory.CreateDirectory(Path.Combine(_directory, "empty")).FullName;
        Should.Throw<PessimistException>(() => archive.Find(empty)).Message.ShouldContain("holds no run");
        Should.Throw<PessimistException>(() => archive.Find(Path.Combine(empty, "missing"))).Message.ShouldContain("there is no folder");
        var file = Path.Combine(empty, "report.html");
        File.WriteAllText(file, "");
        Should.Throw<PessimistException>(() => archive.Find(file)).Message.ShouldContain("is not the folder of a run");
    }

    [Fact]
    public void No_run_at_all_says_what_to_do() =>
        Should.Throw<PessimistException>(() => new RunArchive(_directory).Find("latest")).Help.ShouldNotBeNull().ShouldContain("pessimist diagnose");

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("Über Größe.csv", "ber-gr-e")]
    [InlineData("数字.csv", "run")]
    [InlineData("photos/", "photos")]
    public void Names_become_harmless(string name, string slug)
    {
        using var folder = RunFolder.Create(_directory, name, time: new FixedClock());
        folder.Id.ShouldStartWith($"20261120-154512-{slug}-");
        Path.GetDirectoryName(folder.Path).ShouldBe(RunFolder.RunsUnder(_directory));
    }

    void Make(string id)
    {
        var path = Path.Combine(RunFolder.RunsUnder(_directory), id);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, RunFolder.ObservationsFile), "");
    }

    sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 15, 45, 12, TimeSpan.Zero);
    }
}
