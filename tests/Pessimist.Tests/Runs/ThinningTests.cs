using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Tests.Checks;

namespace Pessimist.Tests.Runs;

public sealed class ThinningTests
{
    static readonly RunBudget _small = new(2048, 4 << 20);

    /// <summary>Four records a step, as a program makes them; every 100 steps an epoch ends.</summary>
    static IEnumerable<Observation> Program(int steps, Func<long, double> loss)
    {
        for (long step = 0; step < steps; step++)
        {
            yield return new LoopEvent { Action = LoopAction.ZeroGrad, Step = step };
            yield return new LossObserved { Kind = "mse", Step = step, Value = loss(step), Phase = Phase.Train };
            yield return new LoopEvent { Action = LoopAction.Backward, Step = step };
            yield return new LoopEvent { Action = LoopAction.OptimizerStep, Step = step };
            if (step % 100 != 99) continue;
            for (var batch = 0; batch < 3; batch++) yield return new LossObserved { Kind = "mse", Step = step + 1, Value = loss(step) + 1, Phase = Phase.Evaluate };
            yield return new MetricReported { Name = "accuracy", Step = step + 1, Value = 0.5 };
        }
    }

    static Run Thinned(IEnumerable<Observation> observations, RunBudget? budget = null)
    {
        var run = new Run(budget: budget ?? _small);
        foreach (var observation in observations) run.Add(observation);
        run.Complete();
        return run;
    }

    [Fact]
    public void A_run_within_the_budget_is_kept_whole()
    {
        var all = Program(60, step => 1.0 / (step + 1)).ToArray();
        Thinned(all).Observations.ShouldBe(all);
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(50_000)]
    public void What_is_kept_grows_with_the_logarithm_of_the_length(int steps)
    {
        var run = Thinned(Program(steps, step => Math.Sin(step)));
        run.All<LoopEvent>().Count().ShouldBeLessThan(2048 + 2048 / 16 * (int)Math.Log2(3.0 * steps));
        run.All<LoopEvent>().Count().ShouldBeGreaterThan(2048);
    }

    [Theory]
    [InlineData("rises")]
    [InlineData("falls")]
    [InlineData("wanders")]
    [InlineData("spikes")]
    [InlineData("breaks")]
    public void First_last_and_extremes_are_kept(string shape)
    {
        var random = new Random(1);
        var sum = 0.0;
        var values = Enumerable.Range(0, 20_000).Select(step => shape switch
        {
            "rises" => step,
            "falls" => 2.3 * Math.Exp(-step / 1000.0),
            "wanders" => sum += random.NextDouble() - 0.5,
            "spikes" => step == 12_345 ? 1e6 : step == 17_001 ? -1 : random.NextDouble(),
            _ => step == 12_345 ? double.NaN : step == 15_000 ? double.PositiveInfinity : 1,
        }).ToArray();
        var kept = Thinned(Program(values.Length, step => values[step])).All<LossObserved>().Where(l => l.Phase == Phase.Train).ToArray();
        kept[0].Step.ShouldBe(0);
        kept[^1].Step.ShouldBe(values.Length - 1);
        kept.Min(l => l.Value).ShouldBe(values.Min());
        kept.Max(l => l.Value).ShouldBe(values.Max());
        kept.Any(l => double.IsNaN(l.Value)).ShouldBe(values.Any(double.IsNaN));
        kept.Select(l => l.Step).ShouldBeInOrder();
    }

    [Fact]
    public void A_step_is_kept_whole_and_in_order()
    {
        var all = Program(20_000, step => Math.Sin(step / 50.0)).ToArray();
        var expected = Steps(all);
        foreach (var step in Steps(Thinned(all).Observations)) step.Value.ShouldBe(expected[step.Key]);

        static Dictionary<long, Observation[]> Steps(IEnumerable<Observation> run) =>
            run.Where(o => o is LoopEvent or LossObserved).GroupBy(o => o is LoopEvent e ? e.Step : ((LossObserved)o).Step).ToDictionary(g => g.Key, g => g.ToArray());
    }

    [Fact]
    public void Steps_come_in_bursts_so_that_neighbours_can_be_compared()
    {
        var steps = Thinned(Program(20_000, _ => 1)).All<LoopEvent>().Select(e => e.Step).Distinct().ToArray();
        steps.Count(s => steps.Contains(s + 1)).ShouldBeGreaterThan(steps.Length / 2);
    }

    [Fact]
    public void A_series_that_comes_rarely_is_not_lost_between_the_bursts()
    {
        var run = Thinned(Program(50_000, _ => 1));
        run.All<LossObserved>().Count(l => l.Phase == Phase.Evaluate).ShouldBeGreaterThan(50);
        run.All<LossObserved>().Last(l => l.Phase == Phase.Evaluate).Step.ShouldBe(50_000);
        run.All<MetricReported>().Last().Step.ShouldBe(50_000);
    }

    [Fact]
    public void The_run_says_what_was_left_out()
    {
        var all = Program(5_000, _ => 1).ToArray();
        var run = Thinned(all);
        var told = run.All<RecordsThinned>().Last(t => t.Of == "loop-event");
        told.Seen.ShouldBe(all.OfType<LoopEvent>().Count());
        told.Kept.ShouldBe(run.All<LoopEvent>().Count());
        told.Distance.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void An_exception_comes_with_the_step_before_it()
    {
        var observations = Program(10_003, _ => 1).Append(new ExceptionRaised { Type = "RuntimeError", Message = "out of memory", Step = 10_003 });
        var run = new Run(budget: _small);
        foreach (var observation in observations) run.Add(observation);
        run.Observations[^1].ShouldBeOfType<ExceptionRaised>();
        var program = new Run(budget: _small);
        foreach (var observation in Program(10_003, _ => 1).Append(new ProgramEnded { ExitCode = 1 })) program.Add(observation);
        program.Observations[^1].ShouldBeOfType<ProgramEnded>();
        program.Observations[^2].ShouldBeOfType<LoopEvent>().Step.ShouldBe(10_002);
    }

    /// <summary>Loops as people write them, healthy and sick: moves as in <see cref="Loops"/>.</summary>
    [Theory]
    [InlineData("Z B S", true)]
    [InlineData("B S Z", true)]
    [InlineData("H B S", true)]
    [InlineData("Z B B B B S", true)]
    [InlineData("Z B S D", true)]
    [InlineData("Z B K Z B S", true)]
    [InlineData("Z0 B0 S0 Z1 B1 S1", true)]
    [InlineData("Z0 B0 S0 Z1 B01 S1", true)]
    [InlineData("Z B Z B S", true)]
    [InlineData("B S", false)]
    [InlineData("Z B", false)]
    [InlineData("B Z S", false)]
    [InlineData("Z S B", false)]
    public void What_was_left_out_changes_no_finding(string moves, bool healthy)
    {
        Observation[] all = [.. Loops.SmallNet(), .. Loops.Loop(6_000, moves, step => 0.3 + 2 * Math.Exp(-step / 500.0)), Loops.Ended(6_000)];
        var whole = Findings(all);
        var thinned = Thinned(all);
        thinned.Observations.Count.ShouldBeLessThan(all.Length / 2);
        Findings(thinned.Observations).ShouldBe(whole);
        (whole.Length == 0).ShouldBe(healthy, string.Join(" ", whole));

        static string[] Findings(IReadOnlyList<Observation> run)
        {
            var live = LiveDiagnosis.Everything();
            foreach (var observation in run) live.Read(observation);
            return [.. live.Result().Findings.Select(f => f.Code)];
        }
    }

    public static TheoryData<string> Hostile => ["one step", "two steps in turn", "steps that fall", "huge steps", "a name each", "large records", "no step", "endless epochs of few steps"];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void No_stream_of_one_kind_grows_without_bound(string kind)
    {
        const int records = 60_000;
        var text = new string('x', 2000);
        var run = Thinned(Enumerable.Range(0, records).Select(i => (Observation)(kind switch
        {
            "one step" => new MetricReported { Name = "loss", Value = i },
            "two steps in turn" => new MetricReported { Name = "loss", Value = i, Step = i % 2 },
            "steps that fall" => new MetricReported { Name = "loss", Value = i, Step = -i },
            "huge steps" => new MetricReported { Name = "loss", Value = i, Step = long.MaxValue - i % 7 * (long.MaxValue / 3) },
            "a name each" => new MetricReported { Name = $"loss {i}", Value = i, Step = i },
            "large records" => new ExceptionRaised { Type = "x", Message = text, Step = i },
            "no step" => new NextAction { Action = "x", Why = i.ToString(System.Globalization.CultureInfo.InvariantCulture) },
            _ => new LoopEvent { Action = LoopAction.Backward, Step = i % 6, Loss = i },
        })), new RunBudget(256, 256 << 10));
        // The budget three times over (with steps, by itself, by count), and a sixteenth for each doubling.
        run.Observations.Count.ShouldBeLessThan(256 * 3 + 16 * 20 * 3 + 300);
        run.KeptBytes.ShouldBeLessThan((256 << 10) * 8);
        run.Observations.Count(o => o is not RecordsThinned).ShouldBeGreaterThan(80);
    }

    [Fact]
    public void Recording_and_reading_back_leave_the_same()
    {
        var run = Thinned(Program(60_000, step => Math.Sin(step)), RunBudget.Recording);
        run.All<RecordsThinned>().ShouldNotBeEmpty();
        var again = Thinned(run.Observations, RunBudget.Reading);
        again.Observations.ShouldBe(run.Observations);
    }

    [Fact]
    public void The_sink_sees_what_memory_keeps()
    {
        List<string> lines = [];
        var run = new Run((_, line) => lines.Add(System.Text.Encoding.UTF8.GetString(line)), _small);
        foreach (var observation in Program(3_000, step => Math.Sin(step))) run.Add(observation);
        run.Add(new RunEnded { Ending = RunEnding.Completed });
        lines.ShouldBe(run.Observations.Select(ObservationLine.Write));
        run.Observations[^1].ShouldBeOfType<RunEnded>();
        run.All<LoopEvent>().Last().Step.ShouldBe(2_999);
    }
}
