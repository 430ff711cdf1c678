using System.Globalization;
using System.Text;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;
using Pessimist.Tests.Observations;

namespace Pessimist.Tests.Runs;

/// <summary>Whatever comes, the reader reads on, holds little, and what it gives can be diagnosed and rendered.</summary>
public sealed class HostileFeedTests
{
    const string Good = """{"kind":"run-ended","ending":"completed"}""";

    static RecordedRun Read(byte[] bytes) => RunReader.Read(new MemoryStream(bytes));

    static RecordedRun Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    static void Render(Run run)
    {
        var report = Report.From(run, Diagnose.Everything(run), "/");
        TextReport.Render(report, new(Styles.None)).ShouldNotBeEmpty();
        ReportJson.Render(report).ShouldNotBeEmpty();
        HtmlReport.Render(report).ShouldNotContain("<script>alert");
    }

    public static TheoryData<string> Lines =>
    [
        """{"kind":"epoch-finished","phase":"train","epoch":99999999999999999999,"trainLoss":1}""",
        $$"""{"kind":"epoch-finished","phase":"train","epoch":1,"trainLoss":1{{new string('0', 100_000)}}x}""",
        """{"kind":"epoch-finished","phase":"train","epoch":1.5,"trainLoss":1}""",
        """{"kind":"epoch-finished","phase":"train","epoch":1,"trainLoss":NaN}""",
        """{"kind":"epoch-finished","phase":"train","epoch":1,"trainLoss":"nan"}""",
        """{"kind":["epoch-finished"]}""", """{"kind":{"kind":"run-ended"}}""", """{"kind":null}""", """{"kind":"run-ended\u0000"}""", """{"KIND":"run-ended"}""",
        $$"""{"kind":"{{new string('k', 1_000_000)}}"}""",
        "{\"kind\":\"next-action\",\"action\":\"\\ud800\",\"why\":\"\"}",
        "{\"kind\":\"next-action\",\"action\":\"tab\tinside\",\"why\":\"\"}",
        $$"""{"kind":"next-action","action":"x","why":{{new string('[', 200_000)}}{{new string(']', 200_000)}}}""",
        $$"""{"kind":"next-action","x":{{string.Concat(Enumerable.Repeat("{\"x\":", 10_000))}}1{{new string('}', 10_000)}},"action":"x","why":""}""",
        """{"kind":"model-built","name":"x","memory":{"weights":1,"gradients":1,"optimizerState":1,"activations":1,"batch":1},"layers":[{"name":"a"}]}""",
        """{"kind":"round-finished","round":1,"trials":1,"epochs":1,"searched":{"lr":null},"kept":{}}""",
        """{"kind":"run-ended","ending":"completed"} {"kind":"run-ended","ending":"completed"}""",
        """{"kind":"run-ended","ending":"completed"}}""", """{"kind":"run-ended","ending":"completed",}""", "\ufeff" + """{"kind":"run-ended","ending":"completed"}""",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_that_is_no_record_is_skipped_and_counted(string line)
    {
        var recorded = Read($"{line}\n{Good}\n");
        recorded.Run.Observations.Count.ShouldBe(1);
        recorded.Skipped.ShouldBe(1);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_spoil_their_line_only()
    {
        byte[] bytes = [.. "{\"kind\":\"next-action\",\"action\":\""u8, 0xC3, 0x28, 0xFF, 0xED, 0xA0, 0x80, .. "\",\"why\":\"\"}\n"u8, .. Encoding.UTF8.GetBytes(Good)];
        Read(bytes).Run.Observations.Count.ShouldBeInRange(1, 2);
        Render(Read(bytes).Run);
    }

    [Fact]
    public void Any_bytes_at_all_can_be_read()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[2000];
            random.NextBytes(bytes);
            if (i % 2 == 0)
                for (var j = 0; j < bytes.Length; j++) bytes[j] = (byte)"{}[]\",:\\un01e-. kind\n"[bytes[j] % 21];
            Read(bytes).Run.Observations.ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_line_of_100_MB_is_skipped_without_holding_it()
    {
        using var stream = new Repeated(Encoding.UTF8.GetBytes("""{"kind":"next-action","action":" """), (byte)'x', 100_000_000, Encoding.UTF8.GetBytes($"\"}}\n{Good}\n"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var recorded = RunReader.Read(stream);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(80 << 20);
        recorded.Run.Observations.Count.ShouldBe(1);
        recorded.Skipped.ShouldBe(1);
    }

    [Fact]
    public void A_stream_of_broken_lines_is_given_up()
    {
        var text = string.Concat(Enumerable.Repeat("{\"kind\"}\n", Feed.MaxBroken + 10));
        var recorded = Read(text);
        recorded.Truncated.ShouldBeTrue();
        recorded.Skipped.ShouldBe(Feed.MaxBroken + 1);
    }

    [Fact]
    public void Very_many_of_one_kind_end_in_a_diagnosis()
    {
        var line = Encoding.UTF8.GetBytes(ObservationLine.Write(new LossObserved { Kind = "mse", Step = 1, Value = 0.5 }) + "\n");
        var feed = new Feed(new RunBudget(4096, 1 << 20));
        var chunk = Enumerable.Repeat(line, 100).SelectMany(l => l).ToArray();
        for (var i = 0; i < 2000; i++) feed.Push(chunk);
        var recorded = feed.Complete();
        recorded.Run.Observations.Count.ShouldBeLessThan(40_000);
        recorded.Run.All<RecordsThinned>().Last().Seen.ShouldBe(200_000);
        Render(recorded.Run);
    }

    [Fact]
    public void Reading_stops_at_the_limit_of_memory()
    {
        var line = ObservationLine.Write(new NextAction { Action = new string('x', 10_000), Why = "" }) + "\n";
        var recorded = RunReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 50)))), maxBytes: 100_000);
        recorded.Truncated.ShouldBeTrue();
        recorded.Run.KeptBytes.ShouldBeLessThan(120_000);
    }

    [Fact]
    public void Records_in_any_order_twice_and_with_any_numbers_can_be_diagnosed()
    {
        var random = new Random(1);
        double[] odd = [0, -1, 1e308, -1e308, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, 0.5];
        long[] whole = [0, -1, 1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];
        Observation[] all = [.. Examples.All()];
        for (var i = 0; i < 15; i++)
        {
            var run = Enumerable.Range(0, 200).Select(_ => Changed(all[random.Next(all.Length)])).ToArray();
            Render(Read(string.Join('\n', run)).Run);
        }

        // Numbers of the line give way to odd ones; where the type refuses, the reader drops the line.
        string Changed(Observation observation) => System.Text.RegularExpressions.Regex.Replace(ObservationLine.Write(observation), @"(?<=[:\[,])-?[0-9.]+(?=[,}\]])", match =>
            random.Next(3) switch
            {
                0 => match.Value,
                1 when match.Value.Contains('.', StringComparison.Ordinal) => odd[random.Next(odd.Length)] is var v && double.IsFinite(v) ? v.ToString("R", CultureInfo.InvariantCulture) : $"\"{v.ToString(CultureInfo.InvariantCulture)}\"",
                1 => whole[random.Next(match.Value.Length > 2 ? whole.Length : 5)].ToString(CultureInfo.InvariantCulture),
                _ => random.Next(2) == 0 ? match.Value : "0",
            });
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\u001b[31mred\u001b[0m\r\n\0\u202e")]
    [InlineData("`|*_[x](javascript:alert(1))")]
    public void Names_are_words_whatever_they_hold(string name)
    {
        Observation[] run = [.. Examples.All()];
        var lines = run.Select(o => ObservationLine.Write(o).Replace("\"fc1.weight\"", System.Text.Json.JsonSerializer.Serialize(name), StringComparison.Ordinal)
            .Replace("\"train.py\"", System.Text.Json.JsonSerializer.Serialize(name), StringComparison.Ordinal));
        var recorded = Read(string.Join('\n', lines));
        recorded.Run.Observations.Count.ShouldBe(run.Length);
        Render(recorded.Run);
        TextReport.Render(Report.From(recorded.Run, Diagnose.Everything(recorded.Run), "/"), new(Styles.None)).ShouldNotContain('\u001b');
    }

    /// <summary>A head, one byte many times, and a tail: large without being held.</summary>
    sealed class Repeated(byte[] head, byte fill, long count, byte[] tail) : Stream
    {
        long _position;

        public override int Read(byte[] buffer, int offset, int length)
        {
            var i = 0;
            for (; i < length && _position < head.Length + count + tail.Length; i++, _position++)
                buffer[offset + i] = _position < head.Length ? head[_position] : _position < head.Length + count ? fill : tail[_position - head.Length - count];
            return i;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
