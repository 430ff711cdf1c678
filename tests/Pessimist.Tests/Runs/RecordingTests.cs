using System.Diagnostics;
using System.Globalization;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Tests.Runs;

/// <summary>When records reach the disk, and what a process that is killed leaves there.</summary>
public sealed class RecordingTests : IDisposable
{
    const string KilledIn = "PESSIMIST_TEST_KILLED_IN";

    readonly string _directory = Directory.CreateTempSubdirectory("pessimist-").FullName;
    readonly HandClock _clock = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    static LoopEvent Event(long step) => new() { Action = LoopAction.Backward, Step = step, Loss = 1.0 / (step + 1) };

    static int OnDisk(RunFolder folder)
    {
        using var file = RunReader.Open(new RunEntry(folder.Id, folder.Path));
        return RunReader.Read(file).Run.Observations.Count;
    }

    [Fact]
    public void Frequent_records_wait_for_a_tenth_of_a_second_at_most()
    {
        using var folder = RunFolder.Create(_directory, "x", time: _clock);
        var run = new Run(folder.Append);
        _clock.Pass(1000);
        run.Add(Event(0));
        OnDisk(folder).ShouldBe(1);
        for (var step = 1; step < 50; step++) run.Add(Event(step));
        OnDisk(folder).ShouldBe(1);
        _clock.Pass(100);
        OnDisk(folder).ShouldBe(50);
    }

    [Fact]
    public void The_end_of_something_is_written_at_once_with_all_before_it()
    {
        using var folder = RunFolder.Create(_directory, "x", time: _clock);
        var run = new Run(folder.Append);
        for (var step = 0; step < 10; step++) run.Add(Event(step));
        run.Add(new ExceptionRaised { Type = "RuntimeError", Message = "out of memory" });
        OnDisk(folder).ShouldBe(11);
    }

    [Fact]
    public void A_record_larger_than_the_buffer_keeps_its_place()
    {
        using (var folder = RunFolder.Create(_directory, "x", time: _clock))
        {
            var run = new Run(folder.Append);
            for (var step = 0; step < 2000; step++)
            {
                run.Add(Event(step));
                if (step % 500 == 0) run.Add(new NextAction { Action = new string('x', 200_000), Why = "" });
            }
        }

        var recorded = RunReader.Read(new RunArchive(_directory).Find("latest"));
        recorded.Skipped.ShouldBe(0);
        recorded.Run.All<LoopEvent>().Select(e => e.Step).ShouldBe(Enumerable.Range(0, 2000).Select(i => (long)i));
        recorded.Run.Observations.Index().Where(o => o.Item is NextAction).Select(o => o.Index).ShouldBe([1, 502, 1003, 1504]);
    }

    [Fact]
    public void A_process_killed_while_it_writes_leaves_a_readable_run()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("sends SIGKILL");
        for (var kill = 0; kill < 2; kill++)
        {
            var directory = Directory.CreateDirectory(Path.Combine(_directory, kill.ToString(CultureInfo.InvariantCulture))).FullName;
            using var child = Child(directory);
            var entry = new RunArchive(directory);
            var deadline = Stopwatch.StartNew();
            while (entry.List().Count == 0 || new FileInfo(entry.List()[0].ObservationsPath).Length < (kill + 1) * 100_000)
            {
                child.HasExited.ShouldBeFalse("the child must write until it is killed");
                deadline.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(2));
                Thread.Sleep(5);
            }

            child.Kill();
            child.WaitForExit();
            var recorded = RunReader.Read(entry.List()[0]);
            recorded.Skipped.ShouldBe(0);
            recorded.Run.All<RunEnded>().ShouldBeEmpty();
            var steps = recorded.Run.All<LoopEvent>().Select(e => e.Step).ToArray();
            steps.Length.ShouldBeGreaterThan(500);
            steps[..500].ShouldBe(Enumerable.Range(0, 500).Select(i => (long)i));
        }
    }

    /// <summary>The part of the child in the test above: writes until it is killed.</summary>
    [Fact(Explicit = true)]
    public void Writes_until_killed()
    {
        if (Environment.GetEnvironmentVariable(KilledIn) is not { } directory) return;
        using var folder = RunFolder.Create(directory, "killed");
        var run = new Run(folder.Append, new RunBudget(1 << 20, 1 << 30));
        for (var step = 0; step < 10_000_000; step++) run.Add(Event(step));
    }

    static Process Child(string directory)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, Environment = { [KilledIn] = directory } };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(RecordingTests).Assembly.Location);
        foreach (var argument in new[] { "-explicit", "only", "-method", $"{typeof(RecordingTests).FullName}.{nameof(Writes_until_killed)}" }) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    sealed class HandClock : TimeProvider
    {
        readonly List<Timer> _timers = [];
        long _milliseconds;

        public override long TimestampFrequency => 1000;
        public override long GetTimestamp() => _milliseconds;

        public void Pass(long milliseconds)
        {
            _milliseconds += milliseconds;
            foreach (var timer in _timers) timer.RunIfDue();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(this, callback);
            _timers.Add(timer);
            return timer;
        }

        sealed class Timer(HandClock clock, TimerCallback callback) : ITimer
        {
            long? _due;

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                _due = clock._milliseconds + (long)dueTime.TotalMilliseconds;
                return true;
            }

            public void RunIfDue()
            {
                if (_due is not { } due || due > clock._milliseconds) return;
                _due = null;
                callback(null);
            }

            public void Dispose() => _due = null;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
