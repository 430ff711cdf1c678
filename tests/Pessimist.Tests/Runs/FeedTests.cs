using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Reporting;
using Pessimist.Runs;
using Pessimist.Tests.Observations;
using Pessimist.Tests.Reporting;

namespace Pessimist.Tests.Runs;

public sealed class FeedTests
{
    static readonly RunBudget _small = new(48, 64 << 10);

    static readonly Observation[] _pool = [.. SampleRun.Healthy().Observations, .. SampleRun.Sick().Observations, .. Examples.All()];

    static readonly Config _config = Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(20261120, 1);

    static byte[] Lines(IEnumerable<Observation> observations) => [.. observations.SelectMany(o => Encoding.UTF8.GetBytes(ObservationLine.Write(o) + "\n"))];

    static readonly Gen<Observation> _loop =
        from step in Gen.Choose(0, 400)
        from action in Gen.Elements(Enum.GetValues<LoopAction>())
        from value in Gen.Elements(0.5, 2, -3, 1e9, double.NaN)
        from loss in Gen.Elements(false, true)
        select loss ? new LossObserved { Kind = "mse", Step = step, Value = value } : (Observation)new LoopEvent { Action = action, Step = step, Loss = value };

    /// <summary>Records in any order and number, more than the budget, the pieces in which their bytes come, and how many bytes are lost at the end.</summary>
    static Arbitrary<(Observation[] Run, int[] Pieces, int Lost)> Runs() =>
        (from run in Gen.OneOf(Gen.Elements(_pool), _loop).ArrayOf(400)
         from pieces in Gen.OneOf(Gen.Choose(1, 5000), Gen.Choose(1, 40)).ArrayOf(60)
         from lost in Gen.Choose(0, 400)
         select (run, pieces, lost)).ToArbitrary();

    [Fact]
    public void Any_chunking_live_or_replayed_gives_the_same_diagnosis() => Prop.ForAll(Runs(), drawn =>
    {
        var bytes = Lines(drawn.Run).AsSpan()[..^drawn.Lost].ToArray();

        var live = LiveDiagnosis.Everything();
        var feed = new Feed(_small);
        var seen = 0;
        var rest = bytes.AsSpan();
        for (var i = 0; rest.Length > 0; i++)
        {
            var chunk = rest[..Math.Min(drawn.Pieces[i % drawn.Pieces.Length], rest.Length)];
            feed.Push(chunk);
            rest = rest[chunk.Length..];
            foreach (var observation in feed.Run.Observations.Skip(seen)) live.Read(observation);
            seen = feed.Run.Observations.Count;
            if (i % 5 == 0) live.Result();
        }

        var followed = feed.Complete();
        foreach (var observation in followed.Run.Observations.Skip(seen)) live.Read(observation);

        var replayed = RunReader.Read(new MemoryStream(bytes), _small);
        return followed with { Run = null! } == replayed with { Run = null! }
            && followed.Run.Observations.Select(ObservationLine.Write).SequenceEqual(replayed.Run.Observations.Select(ObservationLine.Write))
            && Text(live.Result(), followed.Run) == Text(Diagnose.Everything(replayed.Run), replayed.Run);
    }).Check(_config);

    [Fact]
    public void A_run_recorded_and_replayed_gives_the_diagnosis_it_had_in_memory() => Prop.ForAll(Runs(), drawn =>
    {
        using var file = new MemoryStream();
        var live = new Run((_, line) =>
        {
            file.Write(line);
            file.WriteByte((byte)'\n');
        }, _small);
        foreach (var observation in drawn.Run) live.Add(observation);
        live.Complete();
        file.Position = 0;
        var replayed = RunReader.Read(file).Run;
        return live.Observations.Select(ObservationLine.Write).SequenceEqual(replayed.Observations.Select(ObservationLine.Write))
            && Text(Diagnose.Everything(live), live) == Text(Diagnose.Everything(replayed), replayed);
    }).Check(_config);

    [Fact]
    public async Task A_growing_file_is_followed_to_its_end()
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = Lines([.. SampleRun.Sick().Observations.Where(o => o is not RunEnded), new RunEnded { Ending = RunEnding.Completed }]);
            using var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var writer = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 0);
            var feed = new Feed();
            var turns = 0;
            writer.Write(bytes.AsSpan(0, 1000));
            // Each turn finds some more in the file, until all is there.
            await feed.Follow(reader, TimeSpan.FromMilliseconds(1), _ => writer.Write(bytes.AsSpan(Math.Min(bytes.Length, 1000 + 700 * turns), Math.Clamp(bytes.Length - 1000 - 700 * turns++, 0, 700))), CancellationToken.None);
            turns.ShouldBeGreaterThan(5);
            feed.Complete().Run.Observations.Select(ObservationLine.Write).ShouldBe(RunReader.Read(new MemoryStream(bytes)).Run.Observations.Select(ObservationLine.Write));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Following_stops_when_told() =>
        new Feed().Follow(new MemoryStream(), TimeSpan.FromHours(1), _ => { }, new CancellationToken(true)).IsCompletedSuccessfully.ShouldBeTrue();

    static string Text(DiagnosisResult result, Run run) => ReportJson.Render(Report.From(run, result, "/"));
}
